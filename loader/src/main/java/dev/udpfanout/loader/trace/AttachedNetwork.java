package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;

/**
 * A network that an interface of the node has an address in: what is sent to another address of it goes out of this
 * interface, unless a rule or a route says otherwise.
 *
 * @param device the interface's name
 */
record AttachedNetwork(String device, Prefix prefix) {
    static AttachedNetwork of(InterfaceAddress own, String device) {
        byte[] network = own.address().getAddress();
        for (int bit = own.prefixLength(); bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return new AttachedNetwork(device, new Prefix(ofBytes(network), own.prefixLength()));
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("not an address of 4 or 16 bytes", e);
        }
    }

    /** An address of its own alone says of no other address where that is. */
    boolean isOfOneHost() {
        return prefix.bits() == prefix.network().getAddress().length * Byte.SIZE;
    }
}
