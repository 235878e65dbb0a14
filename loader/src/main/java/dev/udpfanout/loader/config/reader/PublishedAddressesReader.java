package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code publish.addresses}: the range out of which each node publishes an address of its own, or {@code bind}.
 */
final class PublishedAddressesReader {
    private static final String KEY = "addresses";
    private static final String BIND = "bind";

    /** In the guide's private network (RFC 1918), around the address that every node has on dummy0. */
    private static final String IPV4_DEFAULT = "10.255.0.0/16";
    /**
     * A unique local prefix (RFC 4193), one link long: 2^64 addresses, so that two nodes hardly ever choose the same.
     */
    private static final String IPV6_DEFAULT = "fd00:10:255::/64";

    /** Longer prefixes have no two addresses that a node could publish. */
    private static final int SPARE_BITS = 2;
    /** No network in use is larger, so that a range cannot be typed short by a digit and take everything. */
    private static final int LEAST_BITS = 8;

    private PublishedAddressesReader() {}

    /**
     * The range; empty where the node publishes the listener's own address, or if what is said is wrong, which has been
     * noted.
     *
     * @param bind the listener's; null if it is wrong
     */
    static Optional<Prefix> read(Section publish, InetSocketAddress bind, List<String> interfaces) {
        String text = publish.text(KEY, null);
        boolean isOnDummy = interfaces.stream().anyMatch(ListenerConfig::isDummyInterface);
        if (!isOnDummy) {
            if (text != null) {
                publish.problem(
                        KEY,
                        "is for a listener on a dummy interface; a node publishes the own address of a NIC, which no other"
                                + " node has");
            }
            return Optional.empty();
        }
        if (bind == null || BIND.equals(text)) {
            return Optional.empty();
        }
        boolean isIpv4 = bind.getAddress() instanceof Inet4Address;
        return parse(publish, text == null ? isIpv4 ? IPV4_DEFAULT : IPV6_DEFAULT : text, bind.getAddress());
    }

    private static Optional<Prefix> parse(Section publish, String text, InetAddress bind) {
        try {
            Prefix range = PrefixText.parse(text);
            check(range, bind);
            return Optional.of(range);
        } catch (BadTextException e) {
            publish.problem(KEY, e.getMessage());
            return Optional.empty();
        }
    }

    private static void check(Prefix range, InetAddress bind) throws BadTextException {
        InetAddress network = range.network();
        int most = network.getAddress().length * Byte.SIZE - SPARE_BITS;
        if (range.family() != AddressText.family(bind)) {
            throw new BadTextException(range + " is of the other address family than bind, " + AddressText.of(bind));
        }
        if (range.bits() < LEAST_BITS || range.bits() > most) {
            throw new BadTextException(
                    range + " is no range of addresses for nodes: its length is not in " + LEAST_BITS + ".." + most);
        }
        // The API server refuses the latter three as endpoints: ValidateEndpointIP in pkg/apis/core/validation.
        if (network.isMulticastAddress()
                || network.isAnyLocalAddress()
                || network.isLoopbackAddress()
                || network.isLinkLocalAddress()) {
            throw new BadTextException(range + " has no addresses that Kubernetes takes as endpoints;"
                    + " use a range of private addresses that nothing in the cluster has");
        }
    }
}
