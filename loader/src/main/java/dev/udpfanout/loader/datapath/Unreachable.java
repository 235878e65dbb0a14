package dev.udpfanout.loader.datapath;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * Endpoints about which ICMP port unreachable has come.
 *
 * @param reported somebody has said so, which may be forged
 * @param refused the kernel has said so to a socket of ours that is connected to the endpoint
 */
public record Unreachable(Set<InetSocketAddress> reported, Set<InetSocketAddress> refused) {
    public static final Unreachable NONE = new Unreachable(Set.of(), Set.of());

    public Unreachable {
        reported = Set.copyOf(reported);
        refused = Set.copyOf(refused);
    }

    /** Both together. */
    public Unreachable plus(Unreachable other) {
        Set<InetSocketAddress> allReported = new HashSet<>(reported);
        allReported.addAll(other.reported);
        Set<InetSocketAddress> allRefused = new HashSet<>(refused);
        allRefused.addAll(other.refused);
        return new Unreachable(allReported, allRefused);
    }
}
