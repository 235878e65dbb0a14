package dev.udpfanout.lab;

import dev.udpfanout.lab.process.Command;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network of namespaces on this machine: {@code client} — {@code node} — {@code cni0} — {@code pod1 … podN}. Nothing
 * in it reaches the machine's own network. It is removed by {@link #close}, at the JVM's exit, or, after a SIGKILL, by
 * the next run.
 */
public final class Topology implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final TopologyPlan plan;
    private final RunName run;
    private final boolean verifyChecksums;
    private final Map<String, LabNamespace> namespaces = new LinkedHashMap<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Thread shutdownHook = new Thread(this::remove, "lab-shutdown");
    private boolean removed;

    private Topology(TopologyPlan plan, RunName run, boolean verifyChecksums) {
        this.plan = plan;
        this.run = run;
        this.verifyChecksums = verifyChecksums;
        for (String role : plan.roles()) {
            namespaces.put(role, new LabNamespace(role, run.namespace(role), this::own));
        }
    }

    /** Describes a topology; {@link TopologyBuilder#build} makes it. */
    public static TopologyBuilder builder() {
        return new TopologyBuilder();
    }

    static Topology create(TopologyPlan plan, boolean verifyChecksums) {
        RootPrivilege.require();
        LeftoverSweep.run();
        Topology topology = new Topology(plan, RunName.ofThisProcess(COUNTER.incrementAndGet()), verifyChecksums);
        Runtime.getRuntime().addShutdownHook(topology.shutdownHook);
        try {
            topology.establish();
            return topology;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    /** The plan that this follows: addresses and link-layer addresses. */
    public TopologyPlan plan() {
        return plan;
    }

    /** Whether the pods verify checksums: {@link TopologyBuilder#verifyChecksums}. */
    public boolean verifiesChecksums() {
        return verifyChecksums;
    }

    /** The namespace of a role: {@code client}, {@code node}, {@code pod1} … */
    public LabNamespace namespace(String role) {
        LabNamespace namespace = namespaces.get(role);
        if (namespace == null) {
            throw new IllegalArgumentException("no namespace " + role + " among " + namespaces.keySet());
        }
        return namespace;
    }

    /** The machine outside the cluster that sends. */
    public LabNamespace client() {
        return namespace("client");
    }

    /** The cluster's node. */
    public LabNamespace node() {
        return namespace("node");
    }

    /** Pod {@code n}, from 1. */
    public LabNamespace pod(int n) {
        return namespace("pod" + n);
    }

    /** All pods, pod1 first. */
    public List<LabNamespace> pods() {
        return IntStream.rangeClosed(1, plan.pods()).mapToObj(this::pod).toList();
    }

    /** The addresses of all pods with a port, pod1 first: endpoints for kube-proxy or the daemon. */
    public List<InetSocketAddress> podEndpoints(int port) {
        return IntStream.rangeClosed(1, plan.pods())
                .mapToObj(n -> new InetSocketAddress(plan.podAddress(n), port))
                .toList();
    }

    /** As {@link #podEndpoints}, with the pods' IPv6 addresses. */
    public List<InetSocketAddress> podEndpoints6(int port) {
        return IntStream.rangeClosed(1, plan.pods())
                .mapToObj(n -> new InetSocketAddress(plan.podAddress6(n), port))
                .toList();
    }

    /**
     * A folder in bpffs for what a daemon on this topology's node pins: not there yet, and removed with the topology. Mounts
     * bpffs if need be.
     */
    public Path pinDirectory() {
        Bpffs.ensure();
        return Bpffs.MOUNT_POINT.resolve(node().name());
    }

    /** Ends what was started in the namespaces, then removes them; a second call does nothing. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already and the hook runs or has run.
        }
    }

    private void establish() {
        String add = namespaces.values().stream()
                .map(namespace -> "netns add " + namespace.name())
                .collect(Collectors.joining("\n", "", "\n"));
        Command.run(List.of("ip", "-batch", "-"), add, Command.DEFAULT_LIMIT);
        for (LabNamespace namespace : namespaces.values()) {
            namespace.call(() -> {
                NamespaceSettings.apply(namespace == node(), plan.ipv6());
                return null;
            });
        }
        batch(node(), plan.nodeBatch(run));
        batch(client(), plan.clientBatch());
        for (int n = 1; n <= plan.pods(); n++) {
            batch(pod(n), plan.podBatch(n));
        }
        if (verifyChecksums) {
            client().exec("ethtool", "-K", "eth0", "tx", "off");
        }
    }

    private static void batch(LabNamespace namespace, String commands) {
        Command.run(List.of("ip", "-n", namespace.name(), "-batch", "-"), commands, Command.DEFAULT_LIMIT);
    }

    private synchronized void own(AutoCloseable resource) {
        if (removed) {
            // Started while the JVM was being ended: nobody else would end it.
            IllegalStateException late = new IllegalStateException("the topology is closed");
            throw attempt(resource::close, late);
        }
        resources.push(resource);
    }

    private synchronized void remove() {
        if (removed) {
            return;
        }
        removed = true;
        RuntimeException failure = null;
        while (!resources.isEmpty()) {
            failure = attempt(resources.pop()::close, failure);
        }
        for (LabNamespace namespace : namespaces.values()) {
            failure = attempt(() -> LeftoverSweep.remove(namespace.name()), failure);
        }
        failure = attempt(() -> Bpffs.remove(Bpffs.MOUNT_POINT.resolve(node().name())), failure);
        if (failure != null) {
            throw failure;
        }
    }

    private static RuntimeException attempt(ClosingStep step, RuntimeException earlier) {
        try {
            step.run();
            return earlier;
        } catch (Exception e) {
            RuntimeException failure =
                    earlier == null ? new IllegalStateException("the lab is not all removed") : earlier;
            failure.addSuppressed(e);
            return failure;
        }
    }

    @FunctionalInterface
    private interface ClosingStep {
        void run() throws Exception;
    }
}
