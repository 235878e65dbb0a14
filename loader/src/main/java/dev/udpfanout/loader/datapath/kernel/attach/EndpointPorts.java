package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.neighbour.ForwardingEntry;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbour;
import dev.udpfanout.bindings.rtnetlink.neighbour.NeighbourState;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Behind which port of a bridge each endpoint is, as the neighbour table and the bridge's forwarding entries say. Both
 * forget who is quiet, so what was known of an endpoint stays for as long as its port does and nothing else is said.
 *
 * <p>Not all ports of a bridge: the kernel waits for a grace period of RCU for each program that it attaches
 * (tcx_link_prog_attach in kernel/bpf/tcx.c), 25 ms on a busy machine.
 */
final class EndpointPorts {
    private static final String BRIDGE = "bridge";
    /** So long for the answers of endpoints that are asked for the first time; one answers in less than 1 ms. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final Network network;
    private final Map<InetAddress, Port> known = new HashMap<>();
    private final Set<InetAddress> asked = new HashSet<>();

    private record Port(int index, int bridge) {}

    private record Host(int linkIndex, InetAddress address) {}

    private record Station(int bridgeIndex, String hardwareAddress) {}

    EndpointPorts(Network network) {
        this.network = network;
    }

    /**
     * The ports that lead to endpoints.
     *
     * @param ways by which link each endpoint is reached
     * @param links all of the network namespace
     * @return the bridge's index by the port's
     */
    Map<Integer, Integer> of(Map<InetAddress, OptionalInt> ways, Collection<Link> links) {
        Set<Integer> bridges = links.stream()
                .filter(link -> link.kind().equals(BRIDGE))
                .map(Link::index)
                .collect(Collectors.toSet());
        Map<InetAddress, Integer> onBridges = new HashMap<>();
        ways.forEach((address, way) -> way.ifPresent(link -> {
            if (bridges.contains(link)) {
                onBridges.put(address, link);
            }
        }));
        forgetOthers(onBridges, links);
        if (onBridges.isEmpty()) {
            return Map.of();
        }
        read(onBridges);
        if (ask(onBridges)) {
            awaitAnswers(onBridges);
        }
        return known.values().stream().collect(Collectors.toMap(Port::index, Port::bridge, (first, second) -> second));
    }

    private void forgetOthers(Map<InetAddress, Integer> onBridges, Collection<Link> links) {
        Map<Integer, Integer> bridgeOf = links.stream()
                .filter(link -> link.master().isPresent())
                .collect(Collectors.toMap(Link::index, link -> link.master().getAsInt(), (first, second) -> second));
        asked.retainAll(onBridges.keySet());
        known.entrySet().removeIf(each -> {
            Port port = each.getValue();
            Integer bridge = onBridges.get(each.getKey());
            return bridge == null || bridge != port.bridge() || bridgeOf.getOrDefault(port.index(), 0) != port.bridge();
        });
    }

    private void read(Map<InetAddress, Integer> onBridges) {
        Map<Station, Integer> ports = new HashMap<>();
        for (ForwardingEntry entry : network.neighbours().forwardingEntries()) {
            if (entry.portIndex() != entry.bridgeIndex()) {
                ports.put(new Station(entry.bridgeIndex(), entry.hardwareAddress()), entry.portIndex());
            }
        }
        Map<Host, String> hosts = new HashMap<>();
        for (Neighbour each : network.neighbours().all()) {
            hosts.put(new Host(each.linkIndex(), each.address()), each.hardwareAddress());
        }
        onBridges.forEach((address, bridge) -> {
            String hardwareAddress = hosts.get(new Host(bridge, address));
            Integer port = hardwareAddress == null ? null : ports.get(new Station(bridge, hardwareAddress));
            if (port != null) {
                known.put(address, new Port(port, bridge));
            }
        });
    }

    /**
     * Has the kernel find out where those are that are not known; true if there are some that it was not asked before.
     * Not those that somebody has written down for good: to be asked for takes that from an entry, and its hardware
     * address with it (NEIGH_UPDATE_F_USE in net/core/neighbour.c).
     */
    private boolean ask(Map<InetAddress, Integer> onBridges) {
        if (known.keySet().containsAll(onBridges.keySet())) {
            return false;
        }
        Set<Host> permanent = network.neighbours().states().stream()
                .filter(NeighbourState::isPermanent)
                .map(state -> new Host(state.linkIndex(), state.address()))
                .collect(Collectors.toSet());
        boolean someAreNew = false;
        for (Map.Entry<InetAddress, Integer> each : onBridges.entrySet()) {
            if (!known.containsKey(each.getKey()) && !permanent.contains(new Host(each.getValue(), each.getKey()))) {
                network.neighbours().resolve(each.getValue(), each.getKey());
                someAreNew |= asked.add(each.getKey());
            }
        }
        return someAreNew;
    }

    private void awaitAnswers(Map<InetAddress, Integer> onBridges) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!known.keySet().containsAll(onBridges.keySet()) && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            read(onBridges);
        }
    }
}
