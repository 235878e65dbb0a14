package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.AddressText;
import java.net.InetAddress;
import java.util.Optional;

/** Addresses that a listener cannot have, in whatever mode, as no datagram of the network is for them alone. */
final class UnreachableAddress {
    private static final String NO_UNICAST = " is not a unicast address that the network can reach: ";

    private UnreachableAddress() {}

    /** Why, as the end of a sentence that begins with the address, and what to write; empty if it can be reached. */
    static Optional<String> why(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return Optional.of(NO_UNICAST + "datagrams for a loopback address do not leave the machine that sends them;"
                    + " write an address of this node, or that of the dummy interface");
        }
        if (address.isMulticastAddress()) {
            return Optional.of(NO_UNICAST + "it is multicast, which a Service never has");
        }
        if (address.getHostAddress().equals("255.255.255.255")) {
            return Optional.of(NO_UNICAST + "it is broadcast, which stays in the sender's own network");
        }
        return AddressText.isLinkLocalIpv6(address)
                ? Optional.of(NO_UNICAST + "it is link-local, and routers forward nothing for it")
                : Optional.empty();
    }
}
