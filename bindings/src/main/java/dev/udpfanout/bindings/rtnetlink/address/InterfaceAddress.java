package dev.udpfanout.bindings.rtnetlink.address;

import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import java.net.InetAddress;

/**
 * An IP address assigned to a link: {@code ip address}.
 *
 * @param linkIndex the link
 * @param address the link's own address, also where it has a peer's
 * @param prefixLength of the network around it, in bits
 * @param scope how far it is valid
 */
public record InterfaceAddress(int linkIndex, InetAddress address, int prefixLength, Scope scope) {
    /** @throws IllegalArgumentException if the address has no prefix of that length */
    public InterfaceAddress {
        InternetAddress.checkedPrefixLength(address, prefixLength);
    }
}
