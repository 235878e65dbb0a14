package dev.udpfanout.loader.config;

import java.net.InetAddress;

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

    @Override
    public String toString() {
        return AddressText.of(network) + "/" + bits;
    }
}
