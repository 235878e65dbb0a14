package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ListenerEntry;
import dev.udpfanout.bindings.abi.ListenerKey;
import dev.udpfanout.bindings.rtnetlink.InterfaceAddress;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The datapath in the kernel: mode {@code tc_ebpf}. A listener's slot in the maps is its id. */
public final class KernelDatapath implements Datapath {
    private static final Logger LOG = LoggerFactory.getLogger(KernelDatapath.class);

    private final List<ListenerConfig> listeners;
    private final Network network;
    private final KernelProgram program;
    private final RepairLog repairs = new RepairLog();
    private final ListenerKeys listenerKeys;
    private final ListenerSets listenerSets;
    private final LocalAddresses localAddresses;
    private final EndpointTables endpointTables;
    private final Counters counters;
    private final List<AttachPoint> attachPoints;
    private final Map<Integer, EndpointSet> inForce = new HashMap<>();
    private final Map<Integer, Set<InetAddress>> vips = new HashMap<>();

    /**
     * Takes the network and the program over, and closes both at the end. Nothing is attached before the first
     * {@link #reconcile()}.
     */
    public KernelDatapath(List<ListenerConfig> listeners, KernelProgram program, Network network) {
        this.listeners = List.copyOf(listeners);
        this.network = network;
        this.program = program;
        this.listenerKeys = new ListenerKeys(program.listeners());
        this.listenerSets = new ListenerSets(program.listenerSets());
        this.localAddresses = new LocalAddresses(program.localAddresses());
        this.endpointTables = new EndpointTables(program.endpoints());
        this.counters = new Counters(program.stats(), program.drops());
        this.attachPoints = listeners.stream()
                .collect(Collectors.groupingBy(ListenerConfig::interfaceName, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(ofInterface -> new AttachPoint(ofInterface, program, network, repairs))
                .toList();
    }

    @Override
    public void apply(EndpointSet endpoints) {
        if (endpoints.equals(inForce.get(endpoints.listenerId()))) {
            return;
        }
        List<InetSocketAddress> addresses =
                endpoints.endpoints().stream().map(Endpoint::address).toList();
        endpointTables.replace(endpoints.listenerId(), addresses);
        inForce.put(endpoints.listenerId(), endpoints);
        LOG.atInfo()
                .addKeyValue("listener_id", endpoints.listenerId())
                .addKeyValue("endpoints", addresses.size())
                .log("updated tc_ebpf downstream set");
        setListenerKeys();
    }

    /**
     * Makes a VIP-direct listener take datagrams for these addresses, and no others, from now on. Before the first call it
     * takes none.
     *
     * @param addresses the VIPs of its Service at the moment; may be empty
     */
    public void setVips(int listenerId, Set<InetAddress> addresses) {
        Set<InetAddress> before = vips.put(listenerId, Set.copyOf(addresses));
        if (addresses.equals(before)) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("listener_id", listenerId)
                .addKeyValue("vips", addresses)
                .log("updated the VIPs of a listener");
        setListenerKeys();
    }

    @Override
    public void reconcile() {
        Failures failures = new Failures();
        for (AttachPoint point : attachPoints) {
            failures.collect(point::findInterface);
        }
        failures.collect(this::setLocalAddresses);
        failures.collect(this::setListenerKeys);
        for (AttachPoint point : attachPoints) {
            failures.collect(point::connect);
        }
        failures.throwIfAny();
    }

    /** A dummy interface's address is not the node's own: nothing is delivered to it. Loopback never leaves the node. */
    private void setLocalAddresses() {
        Set<Integer> dummies = dummies();
        Set<InetAddress> own = network.addresses().all().stream()
                .filter(address -> !dummies.contains(address.linkIndex()))
                .map(InterfaceAddress::address)
                .filter(address -> !address.isLoopbackAddress())
                .collect(Collectors.toSet());
        localAddresses.set(own);
    }

    private Set<Integer> dummies() {
        return attachPoints.stream()
                .filter(AttachPoint::isDummy)
                .flatMap(point -> point.ifindex().stream())
                .collect(Collectors.toSet());
    }

    private void setListenerKeys() {
        Map<ListenerKey, ListenerEntry> keys = new HashMap<>();
        for (AttachPoint point : attachPoints) {
            point.ifindex().ifPresent(ifindex -> {
                for (ListenerConfig listener : point.listeners()) {
                    passKeys(listener, ifindex)
                            .forEach(key -> keys.putIfAbsent(key, new ListenerEntry(listener.id(), true)));
                }
                for (ListenerConfig listener : point.listeners()) {
                    for (InetAddress address : destinations(listener)) {
                        ListenerKey key = new ListenerKey(
                                ifindex, address, listener.bind().getPort());
                        keys.put(key, new ListenerEntry(listener.id(), false));
                    }
                }
            });
        }
        listenerKeys.set(keys);
        listenerSets.set(keys, dummies());
    }

    /** Not the bind address of a VIP-direct listener: 0.0.0.0 in the map would take the node's own datagrams. */
    private Set<InetAddress> destinations(ListenerConfig listener) {
        return listener.vipDirect()
                ? vips.getOrDefault(listener.id(), Set.of())
                : Set.of(listener.bind().getAddress());
    }

    /**
     * Where an endpoint of a wildcard listener is this very node at the listener's port, another node's instance sends
     * datagrams here that it has balanced: they are for the receiver on this node, and go to it.
     */
    private Set<ListenerKey> passKeys(ListenerConfig listener, int ifindex) {
        EndpointSet endpoints = inForce.get(listener.id());
        if (!listener.isWildcard() || endpoints == null) {
            return Set.of();
        }
        Set<ListenerKey> keys = new HashSet<>();
        for (Endpoint endpoint : endpoints.endpoints()) {
            InetSocketAddress address = endpoint.address();
            if (address.getPort() == listener.bind().getPort()
                    && localAddresses.inForce().contains(address.getAddress())) {
                keys.add(new ListenerKey(ifindex, address.getAddress(), address.getPort()));
            }
        }
        return keys;
    }

    @Override
    public List<ListenerCounters> counters() {
        return listeners.stream().map(listener -> counters.read(listener.id())).toList();
    }

    /** How often what was set up had to be mended; readable by any thread. */
    public Map<Repair, Long> repairs() {
        return repairs.counts();
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        for (AttachPoint point : attachPoints) {
            failures.collect(point::close);
        }
        failures.collect(program::close);
        failures.collect(network::close);
        failures.throwIfAny();
    }
}
