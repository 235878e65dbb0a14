package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.ProgramSize;
import dev.udpfanout.loader.datapath.userspace.WatchedDrops;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A datapath of selected modes in the lab's node, driven by one thread that lives there, as the daemon's does. */
public final class NodeModes implements AutoCloseable {
    public static final int POD_PORT = 40514;
    public static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", 5514);
    public static final InetSocketAddress NODE = new InetSocketAddress("192.168.1.1", 5514);
    private static final InetSocketAddress DUMMY = new InetSocketAddress("10.255.0.1", 5514);
    public static final InetSocketAddress VIP6 = new InetSocketAddress(TopologyPlan.VIP6, 5514);
    public static final InetSocketAddress NODE6 = new InetSocketAddress(TopologyPlan.NODE_ADDRESS6, 5514);
    private static final InetSocketAddress DUMMY6 = new InetSocketAddress("2001:db8:255::1", 5514);
    private static final int LIMIT_SECONDS = 30;

    private final ExecutorService thread;
    private final Datapath datapath;
    private boolean closed;

    private NodeModes(ExecutorService thread, Datapath datapath) {
        this.thread = thread;
        this.datapath = datapath;
    }

    /** kube-proxy leads the VIP to dummy0's address. */
    public static void loadKubeProxy(Topology topology) {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, List.of(DUMMY)));
    }

    /** As above, over IPv6. */
    public static void loadKubeProxy6(Topology topology) {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP6, ExternalTrafficPolicy.LOCAL, List.of(DUMMY6)));
    }

    /** On dummy0, over IPv6. */
    public static ListenerText onDummy6() {
        return ListenerText.on("dummy0", "[2001:db8:255::1]:5514");
    }

    /** On the node's NIC, over IPv6. */
    public static ListenerText onNic6() {
        return ListenerText.on("eth0", "[::]:5514");
    }

    /** On dummy0, in the way of the MetalLB guide. */
    public static ListenerText onDummy() {
        return ListenerText.on("dummy0", "10.255.0.1:5514");
    }

    /** On the node's NIC. */
    public static ListenerText onNic() {
        return ListenerText.on("eth0", "0.0.0.0:5514");
    }

    /** Sets listeners up, with the endpoints of their configuration, as the daemon does. */
    public static NodeModes open(LabNamespace node, ListenerConfig... listeners) {
        return open(node, KernelProgram.builtIn(), listeners);
    }

    /** As above, with another eBPF object. */
    static NodeModes open(LabNamespace node, byte[] elf, ListenerConfig... listeners) {
        return open(node, elf, Path.of("/nowhere", "udp-fanout"), NetflowConfig.IN_MEMORY, listeners);
    }

    /** As above, with places where what is remembered of exporters of NetFlow outlives a change of the mode. */
    public static NodeModes open(Topology topology, NetflowConfig netflow, ListenerConfig... listeners) {
        return open(topology.node(), KernelProgram.builtIn(), topology.pinDirectory(), netflow, listeners);
    }

    private static NodeModes open(
            LabNamespace node, byte[] elf, Path pinDirectory, NetflowConfig netflow, ListenerConfig... listeners) {
        ExecutorService thread = Executors.newSingleThreadExecutor(code -> node.thread("control", code));
        NodeBackends backends =
                new NodeBackends(elf, pinDirectory, FlowsConfig.DEFAULT, netflow, ProgramSize.FEW, new WatchedDrops());
        Datapath datapath = get(thread, () -> new ModeSelectingDatapath(List.of(listeners), backends));
        NodeModes opened = node.closedWithTopology(new NodeModes(thread, datapath));
        for (ListenerConfig listener : listeners) {
            opened.apply(
                    listener.name(),
                    listener.receivers().downstream().stream()
                            .map(ReceiverSet.Downstream::address)
                            .toList());
        }
        opened.reconcile();
        return opened;
    }

    public void apply(String listener, List<InetSocketAddress> endpoints) {
        applyWeighted(
                listener,
                endpoints.stream()
                        .map(address -> new Endpoint(address.toString(), address))
                        .toList());
    }

    public void applyWeighted(String listener, List<Endpoint> endpoints) {
        run(() -> datapath.apply(new EndpointSet(listener, endpoints)));
    }

    /** Endpoints in force that it cannot send to. */
    public Set<InetSocketAddress> leftOut(String listener) {
        return get(thread, () -> datapath.leftOut(listener));
    }

    public void reconcile() {
        run(datapath::reconcile);
    }

    public void configure(ListenerConfig... listeners) {
        run(() -> datapath.configure(List.of(listeners)));
    }

    public ListenerCounters counters(String listener) {
        return get(thread, datapath::counters).get(listener);
    }

    public ListenerState state(String listener) {
        return get(thread, () -> datapath.state(listener));
    }

    private void run(Runnable code) {
        get(thread, () -> {
            code.run();
            return null;
        });
    }

    private static <T> T get(ExecutorService thread, Callable<T> code) {
        try {
            return thread.submit(code).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new IllegalStateException("the datapath's thread did not answer", e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                run(datapath::close);
            } finally {
                thread.shutdownNow();
            }
        }
    }
}
