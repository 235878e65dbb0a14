package dev.udpfanout.forwarder.config;

import java.net.InetAddress;
import java.util.Objects;

/**
 * A range of local addresses; bits of the network behind the prefix do not count.
 *
 * @param bits the prefix's length, 1 to 32 for IPv4, 1 to 128 for IPv6
 */
public record AddressRange(InetAddress network, int bits) {
    public AddressRange {
        Objects.requireNonNull(network, "network");
        int most = Byte.SIZE * network.getAddress().length;
        if (bits < 1 || bits > most) {
            throw new IllegalArgumentException("range of " + network + ": " + bits + " bits are not in 1 to " + most);
        }
    }

    /** Whether an address lies in it. */
    public boolean contains(InetAddress address) {
        byte[] mine = network.getAddress();
        byte[] theirs = address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & 0x80 >> bit % Byte.SIZE) != 0) {
                return false;
            }
        }
        return true;
    }
}
