package dev.udpfanout.loader.datapath.conntrack;

import dev.udpfanout.bindings.conntrack.TrackedFlow;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.control.ServiceAddresses;
import dev.udpfanout.loader.datapath.ListenerState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is sent where, to end at a listener that is behind connection tracking. Pure.
 *
 * @param listener its name
 * @param service where senders send to, as kube-proxy knows it
 * @param bind the listener's own address and port; a wildcard stands for the node's own addresses
 * @param range more addresses of its
 */
record ListenerFront(String listener, ServiceAddresses service, InetSocketAddress bind, Optional<Prefix> range) {

    /**
     * The front of a listener; empty if it is not served, or if what comes to it has not met connection tracking yet: a
     * program at a NIC's ingress runs before netfilter's hooks.
     */
    static Optional<ListenerFront> of(ListenerConfig listener, ListenerState state, ServiceAddresses service) {
        boolean behindTracking = listener.isOnDummyInterface() || state.mode().equals(ListenerState.USERSPACE);
        return state.attached() && behindTracking
                ? Optional.of(new ListenerFront(listener.name(), service, listener.bind(), listener.range()))
                : Optional.empty();
    }

    /** The destination ports of what is sent there. */
    IntStream ports() {
        return Stream.of(
                        service.places().stream().map(InetSocketAddress::getPort),
                        service.nodePorts().stream(),
                        Stream.of(bind.getPort()))
                .flatMap(ports -> ports)
                .mapToInt(Integer::intValue);
    }

    /**
     * Whether an entry of connection tracking leads what is meant for the listener to somebody else, or to nobody.
     *
     * @param own the node's own addresses
     */
    boolean isLedPast(TrackedFlow flow, Set<InetAddress> own) {
        return isMeant(flow.destination(), own) && !isItself(flow.answersFrom(), own);
    }

    private boolean isMeant(InetSocketAddress destination, Set<InetAddress> own) {
        return service.places().contains(destination)
                || (service.nodePorts().contains(destination.getPort()) && own.contains(destination.getAddress()))
                || isItself(destination, own);
    }

    private boolean isItself(InetSocketAddress place, Set<InetAddress> own) {
        InetAddress address = place.getAddress();
        return place.getPort() == bind.getPort()
                && (bind.getAddress().isAnyLocalAddress()
                        ? own.contains(address)
                        : bind.getAddress().equals(address)
                                || range.filter(prefix -> prefix.contains(address))
                                        .isPresent());
    }
}
