package dev.udpfanout.forwarder.admission;

import java.net.InetAddress;
import java.util.Objects;

/**
 * A prefix of senders' addresses; bits of the network behind the prefix do not count.
 *
 * @param bits its length, 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record SourcePrefix(InetAddress network, int bits) {
    public SourcePrefix {
        Objects.requireNonNull(network, "network");
        int most = Byte.SIZE * network.getAddress().length;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("prefix of " + network + ": " + bits + " bits are not in 0 to " + most);
        }
    }
}
