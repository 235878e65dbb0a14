package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/** A small range of which two nodes, by their names, would publish the same address first. */
public final class CollidingRange {
    private static final int BITS = 29;

    private CollidingRange() {}

    /** In the form of {@code publish.addresses}. */
    public static String of(String node, String other) {
        for (int network = 0; network <= 255; network++) {
            Prefix range = new Prefix(InetAddress.ofLiteral("10.254." + network + ".0"), BITS);
            if (first(range, node).equals(first(range, other))) {
                return range.toString();
            }
        }
        throw new AssertionError("no such range for " + node + " and " + other);
    }

    private static Optional<InetAddress> first(Prefix range, String node) {
        return new AddressSequence(range, Set.of(), node).first(Set.of());
    }
}
