package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.traffic.PathMtuDiscovery;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Datagrams of one kind.
 *
 * @param bytes of each payload
 * @param discovery what the sender's kernel does about the path's MTU
 */
record Load(int bytes, PathMtuDiscovery discovery) {
    private static final int[] SIZES = {0, 1, 200, 1400, 1472, 1473, 3_000, 9_000, 65_507};

    /** The largest payload that a sender on Ethernet need not cut; with DO a larger one does not leave the sender. */
    private static final int LARGEST_UNCUT_BYTES = 1_472;

    /** Every size with and without DF, as far as a sender on Ethernet can send it. */
    static List<Load> all() {
        List<Load> loads = new ArrayList<>();
        for (PathMtuDiscovery discovery : List.of(PathMtuDiscovery.WANT, PathMtuDiscovery.DO, PathMtuDiscovery.DONT)) {
            IntStream.of(SIZES)
                    .filter(bytes -> discovery != PathMtuDiscovery.DO || bytes <= LARGEST_UNCUT_BYTES)
                    .forEach(bytes -> loads.add(new Load(bytes, discovery)));
        }
        return List.copyOf(loads);
    }

    /** One of each kind: small, just fitting, cut by the sender; with and without DF. */
    static List<Load> sample() {
        return List.of(
                new Load(1, PathMtuDiscovery.WANT),
                new Load(200, PathMtuDiscovery.DONT),
                new Load(1_472, PathMtuDiscovery.WANT),
                new Load(1_472, PathMtuDiscovery.DO),
                new Load(1_472, PathMtuDiscovery.DONT),
                new Load(3_000, PathMtuDiscovery.WANT),
                new Load(9_000, PathMtuDiscovery.DONT));
    }

    /** For people: {@code 1472 bytes, default socket}. */
    String text() {
        return bytes + " bytes, "
                + switch (discovery) {
                    case DONT -> "no DF";
                    case WANT -> "default (DF where it fits)";
                    case DO -> "DF always";
                };
    }
}
