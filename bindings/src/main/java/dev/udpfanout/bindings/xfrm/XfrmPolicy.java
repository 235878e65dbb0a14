package dev.udpfanout.bindings.xfrm;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An IPsec policy for what leaves this host or is sent on by it, as far as its destination goes.
 *
 * @param destination the network's address
 * @param prefixBits of the destination
 * @param protocol of IP; 0 for every one
 * @param port of the destination
 * @param portMask ones where the port counts; 0 for every port
 */
public record XfrmPolicy(InetAddress destination, int prefixBits, int protocol, int port, int portMask) {
    private static final int UDP = 17;

    /** Whether a UDP datagram to that address and port may be one that the policy is for, whoever sends it. */
    public boolean coversUdpTo(InetSocketAddress to) {
        byte[] network = destination.getAddress();
        byte[] address = to.getAddress().getAddress();
        if ((protocol != 0 && protocol != UDP) || network.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((network[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return ((port ^ to.getPort()) & portMask) == 0;
    }
}
