package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.trace.node.NextHops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What a story has to know of the node.
 *
 * @param namespace the inode of the node's own network namespace
 * @param nic the interface by which the datagrams come in; empty if any
 * @param destination where they are sent to
 * @param own the node's addresses
 * @param networks those that interfaces of the node are in
 * @param isForwarding whether the kernel forwards what comes in by {@code nic}
 * @param sockets who has the node's UDP sockets
 * @param nextHops which of them do not answer, so that packets wait for them
 * @param dummies interfaces behind which nobody is: dummies, and portless bridges that stand for them
 * @param listenerNames a listener's name by its slot; empty if not known
 */
record Place(
        int namespace,
        String nic,
        InetSocketAddress destination,
        Set<InetAddress> own,
        List<AttachedNetwork> networks,
        boolean isForwarding,
        SocketOwners sockets,
        NextHops nextHops,
        Set<String> dummies,
        IntFunction<String> listenerNames) {
    /** Whether the packet was addressed to the node itself then. */
    boolean isOwn(TraceEvent event) {
        return event.destination()
                .map(InetSocketAddress::getAddress)
                .filter(own::contains)
                .isPresent();
    }

    boolean isDestinationOwn() {
        return own.contains(destination.getAddress());
    }

    /** The interface in whose network a datagram's destination then was; empty if it was in none. */
    Optional<String> deviceOf(TraceEvent event) {
        return event.destination().map(InetSocketAddress::getAddress).flatMap(address -> networks.stream()
                .filter(network -> !network.isOfOneHost() && network.prefix().contains(address))
                .map(AttachedNetwork::device)
                .findFirst());
    }

    boolean isHere(TraceEvent event) {
        return event.namespace() == namespace;
    }
}
