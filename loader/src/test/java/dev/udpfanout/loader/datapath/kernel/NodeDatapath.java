package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A kernel datapath in a namespace of the lab, driven by one thread that lives there, as the daemon's does. */
public final class NodeDatapath implements AutoCloseable {
    private static final int LIMIT_SECONDS = 30;

    private final ExecutorService thread;
    private final KernelDatapath datapath;
    private final List<String> names;
    private boolean closed;

    private NodeDatapath(ExecutorService thread, KernelDatapath datapath, List<String> names) {
        this.thread = thread;
        this.names = names;
        this.datapath = datapath;
    }

    /** Sets the listeners up with the endpoints of their configuration, attached and steered. */
    public static NodeDatapath open(LabNamespace node, ListenerConfig... listeners) {
        return open(node, KernelProgram.load(KernelProgram.builtIn()), listeners);
    }

    /** As above, with a program that the caller has loaded; the datapath closes it. */
    public static NodeDatapath open(LabNamespace node, KernelProgram program, ListenerConfig... listeners) {
        NodeDatapath opened = start(node, program, listeners);
        opened.applyConfigured(List.of(listeners));
        opened.reconcile();
        return opened;
    }

    /** As above, as long as endpoints are not known. */
    public static NodeDatapath openWithoutEndpoints(
            LabNamespace node, KernelProgram program, ListenerConfig... listeners) {
        NodeDatapath opened = start(node, program, listeners);
        opened.reconcile();
        return opened;
    }

    private static NodeDatapath start(LabNamespace node, KernelProgram program, ListenerConfig... listeners) {
        ExecutorService thread = Executors.newSingleThreadExecutor(code -> node.thread("control", code));
        KernelDatapath datapath = get(
                thread,
                () -> new KernelDatapath(
                        List.of(listeners), NetflowConfig.IN_MEMORY, program, Network.open(), Optional.empty()));
        return node.closedWithTopology(new NodeDatapath(
                thread, datapath, Stream.of(listeners).map(ListenerConfig::name).toList()));
    }

    /** Returns when nothing is sent to an endpoint any more that is not among these. */
    public void apply(int listenerId, List<InetSocketAddress> endpoints) {
        applyWeighted(
                listenerId,
                endpoints.stream()
                        .map(address -> new Endpoint(address.toString(), address))
                        .toList());
    }

    /** As {@link #apply}, by weights. */
    public void applyWeighted(int listenerId, List<Endpoint> endpoints) {
        EndpointSet set = new EndpointSet(names.get(listenerId), endpoints);
        get(thread, () -> datapath.apply(set)).toCompletableFuture().join();
    }

    /** The addresses that VIP-direct listeners are to take. */
    public void setVips(Set<InetAddress> vips) {
        get(thread, () -> {
            names.forEach(name -> datapath.setVips(name, vips));
            return null;
        });
    }

    /** Those of one listener. */
    public void setVips(int listenerId, Set<InetAddress> vips) {
        get(thread, () -> {
            datapath.setVips(names.get(listenerId), vips);
            return null;
        });
    }

    /** Listeners of Services that are left to kube-proxy, and why. */
    public Map<String, String> unserved() {
        return get(thread, datapath.roleInterfaces()::unserved);
    }

    /** The address of a range that is this node's, and the listener's by its place in the configuration. */
    public void setPublished(int listenerId, InetAddress address) {
        get(thread, () -> {
            datapath.setPublished(Map.of(names.get(listenerId), address));
            return null;
        });
    }

    /** Returns when datagrams go by it. */
    public void setPeers(Map<InetAddress, LocalPeer> peers) {
        get(thread, () -> {
            datapath.setPeers(peers);
            return null;
        });
    }

    /** Has each listener go to the endpoints of its configuration, and waits until it does. */
    public void applyConfigured(List<ListenerConfig> listeners) {
        for (ReceiverSet set : ListenerConfig.receiverSets(listeners)) {
            List<Endpoint> endpoints = set.downstream().stream()
                    .map(each -> new Endpoint(each.name(), each.address()))
                    .toList();
            EndpointSet configured = new EndpointSet(set.name(), endpoints);
            get(thread, () -> datapath.apply(configured)).toCompletableFuture().join();
        }
    }

    /** Changes the listeners; those that stay keep their endpoints. */
    public void configure(List<ListenerConfig> listeners) {
        get(thread, () -> {
            datapath.configure(listeners);
            return null;
        });
    }

    public void configure(ListenerConfig... listeners) {
        configure(List.of(listeners));
    }

    public void reconcile() {
        get(thread, () -> {
            datapath.reconcile();
            return null;
        });
    }

    public ListenerCounters counters(int listenerId) {
        return get(thread, datapath::counters).get(names.get(listenerId));
    }

    /** What is known of flows. */
    public Optional<FlowCounters> flows() {
        return datapath.flows();
    }

    /** How long the program took, of the datagrams that are measured. */
    public ProcessingTimes processingTimes() {
        return get(thread, datapath::program).orElseThrow().processingTimes();
    }

    /** Fragments that came before the one with the ports. */
    public EarlyFragments earlyFragments() {
        return get(thread, datapath::program).orElseThrow().earlyFragments();
    }

    /** What became of ICMP errors about datagrams that were sent to endpoints. */
    public IcmpErrors icmpErrors() {
        return get(thread, datapath::program).orElseThrow().icmpErrors();
    }

    /** Endpoints about which ICMP port unreachable has come since the last call, as far as anybody says so. */
    public Set<InetSocketAddress> takeUnreachable() {
        return get(thread, datapath::takeUnreachable).reported();
    }

    /** How often what was set up had to be mended, by kind. */
    public Map<String, Long> repairs() {
        return datapath.repairs();
    }

    public ListenerState state(int listenerId) {
        return get(thread, () -> datapath.state(names.get(listenerId)));
    }

    /** What became of the copies that a listener's mirror is for. */
    public ListenerCounters mirrorCounters(int listenerId) {
        return get(thread, datapath::counters).get(names.get(listenerId) + ".mirror");
    }

    /** Runs code on the datapath's thread, in its namespace. */
    public <T> T call(Callable<T> code) {
        return get(thread, code);
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

    /** Ends as a daemon that leaves everything at work. */
    public void release() {
        end(datapath::release);
    }

    @Override
    public void close() {
        end(datapath::close);
    }

    private void end(Runnable ending) {
        if (!closed) {
            closed = true;
            try {
                get(thread, () -> {
                    ending.run();
                    return null;
                });
            } finally {
                thread.shutdownNow();
            }
        }
    }
}
