package dev.udpfanout.bindings.conntrack;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An entry of UDP in the kernel's table of tracked connections. While it lasts, NAT does to each further datagram what
 * it did to the first, whatever the rules say by then.
 *
 * @param sender where the datagrams come from
 * @param destination where they are sent to
 * @param answersFrom where an answer is expected from: without NAT of the destination the destination itself, with it
 *     what it was changed to
 * @param id the kernel's number for the entry, as it stands in the message; another entry with the same addresses has
 *     another one
 */
public record TrackedFlow(
        InetSocketAddress sender, InetSocketAddress destination, InetSocketAddress answersFrom, int id) {

    /** The address that NAT leads to, without the port. */
    public InetAddress target() {
        return answersFrom.getAddress();
    }
}
