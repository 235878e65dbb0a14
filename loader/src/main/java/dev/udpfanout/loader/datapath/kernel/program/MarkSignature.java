package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.map.ArrayMap;
import java.security.SecureRandom;

/**
 * The map MARK_SIGNATURE: what the programs sign a packet's mark with, so that nobody outside can make one. It is set
 * once and stays: a packet that an earlier program has marked comes to a later one.
 */
final class MarkSignature {
    private MarkSignature() {}

    /** Makes a signature if there is none. */
    static void ensure(ArrayMap<Long> map) {
        if (map.get(0) == 0) {
            map.put(0, nonZero(new SecureRandom()));
        }
    }

    private static long nonZero(SecureRandom random) {
        long drawn = random.nextLong();
        return drawn == 0 ? 1 : drawn;
    }
}
