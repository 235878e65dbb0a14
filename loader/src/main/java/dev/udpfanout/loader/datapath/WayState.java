package dev.udpfanout.loader.datapath;

import java.util.Comparator;
import java.util.OptionalInt;

/**
 * How many of a listener's endpoints are reached in one way.
 *
 * @param interfaceName by which datagrams leave
 * @param mtuBytes the largest IP packet; empty if the endpoints are on this node
 * @param endpoints how many
 */
public record WayState(String interfaceName, OptionalInt mtuBytes, int endpoints) {
    /** The narrowest way first. */
    public static final Comparator<WayState> NARROWEST_FIRST = Comparator.comparingInt(
                    (WayState way) -> way.mtuBytes().orElse(Integer.MAX_VALUE))
            .thenComparing(WayState::interfaceName);
}
