package dev.udpfanout.loader.trace;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What a story has to know of the node.
 *
 * @param namespace the inode of the node's own network namespace
 * @param nic the interface by which the datagrams come in; empty if any
 * @param destination where they are sent to
 * @param own the node's addresses
 * @param dummies interfaces behind which nobody is: dummies, and portless bridges that stand for them
 * @param listenerNames a listener's name by its slot; empty if not known
 */
record Place(
        int namespace,
        String nic,
        InetSocketAddress destination,
        Set<InetAddress> own,
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

    boolean isHere(TraceEvent event) {
        return event.namespace() == namespace;
    }
}
