package dev.udpfanout.loader.config;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A prefix of addresses.
 *
 * @param network its first address; no bit is set behind the prefix
 * @param bits its length, 0..32 or 0..128
 */
public record Prefix(InetAddress network, int bits) {
    /** 4 or 6. */
    public int family() {
        return AddressText.family(network);
    }

    /** Whether an address, of either family, lies in it. */
    public boolean contains(InetAddress address) {
        byte[] mine = network.getAddress();
        byte[] theirs = address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        int wholeBytes = bits / Byte.SIZE;
        if (!Arrays.equals(mine, 0, wholeBytes, theirs, 0, wholeBytes)) {
            return false;
        }
        int mask = 0xff00 >> bits % Byte.SIZE;
        return bits % Byte.SIZE == 0 || ((mine[wholeBytes] ^ theirs[wholeBytes]) & mask & 0xff) == 0;
    }

    /** Whether there is an address that lies in both. */
    public boolean overlaps(Prefix other) {
        return bits <= other.bits ? contains(other.network) : other.contains(network);
    }

    /** The prefix of one address. */
    public static Prefix of(InetAddress address) {
        return new Prefix(address, address.getAddress().length * Byte.SIZE);
    }

    @Override
    public String toString() {
        return AddressText.of(network) + "/" + bits;
    }
}
