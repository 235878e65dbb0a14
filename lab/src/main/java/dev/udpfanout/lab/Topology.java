package dev.udpfanout.lab;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A network of namespaces on this machine: {@code client} — {@code node} — {@code cni0} — {@code pod1 … podN}. Nothing
 * in it reaches the machine's own network. It is removed by {@link #close}, at the JVM's exit, or, after a SIGKILL, by
 * the next run.
 */
public final class Topology implements AutoCloseable {
    private final TopologyPlan plan;
    private final boolean verifyChecksums;
    private final RunNamespaces namespaces;

    private Topology(TopologyPlan plan, boolean verifyChecksums) {
        this.plan = plan;
        this.verifyChecksums = verifyChecksums;
        this.namespaces = RunNamespaces.named(plan.roles());
    }

    /** Describes a topology; {@link TopologyBuilder#build} makes it. */
    public static TopologyBuilder builder() {
        return new TopologyBuilder();
    }

    static Topology create(TopologyPlan plan, boolean verifyChecksums) {
        Topology topology = new Topology(plan, verifyChecksums);
        topology.establish();
        return topology;
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
        return namespaces.get(role);
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
     * A folder in bpffs for what a daemon on this topology's node pins: not there yet, and removed with the topology.
     * Mounts bpffs if need be.
     */
    public Path pinDirectory() {
        return RunNamespaces.pinDirectory(node());
    }

    /** Ends what was started in the namespaces, then removes them; a second call does nothing. */
    @Override
    public void close() {
        namespaces.close();
    }

    private void establish() {
        Map<String, String> batches = new LinkedHashMap<>();
        batches.put("node", plan.nodeBatch(namespaces.run()));
        batches.put("client", plan.clientBatch());
        for (int n = 1; n <= plan.pods(); n++) {
            batches.put("pod" + n, plan.podBatch(n));
        }
        namespaces.establish("node"::equals, plan.ipv6(), batches);
        if (verifyChecksums) {
            try {
                client().exec("ethtool", "-K", "eth0", "tx", "off");
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }
    }
}
