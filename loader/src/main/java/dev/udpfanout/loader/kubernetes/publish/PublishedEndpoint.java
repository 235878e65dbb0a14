package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Where datagrams are to be sent for a listener on this node.
 *
 * @param bind the listener's address and port, or the address that stands for it
 * @param range out of which this node publishes an address of its own instead, if there is one
 * @param excluded addresses of the range that are no node's own: those that listeners are bound to
 */
public record PublishedEndpoint(InetSocketAddress bind, Optional<Prefix> range, Set<InetAddress> excluded) {
    public PublishedEndpoint {
        excluded = Set.copyOf(excluded);
    }

    /** The very address, from every node that says so. */
    public static PublishedEndpoint fixed(InetSocketAddress bind) {
        return new PublishedEndpoint(bind, Optional.empty(), Set.of());
    }

    AddressSource source(String nodeName, String sliceName) {
        return range.<AddressSource>map(addresses -> new AddressChoice(
                        new AddressSequence(addresses, excluded, nodeName), sliceName, bind.getPort()))
                .orElseGet(() -> AddressSource.fixed(bind.getAddress()));
    }
}
