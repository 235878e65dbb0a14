package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;

/** What an operator is told of a spreading that the two datapaths do not do alike. */
public final class SpreadNote {
    private SpreadNote() {}

    /**
     * What is spread by what; empty where it is the same in both.
     *
     * @param mode the datapath that serves the listener: see {@link ListenerState#mode}
     */
    public static String of(Spreading spreading, String mode) {
        if (spreading.payload() != Payload.STATSD) {
            return "";
        }
        return mode.equals(ListenerState.USERSPACE)
                ? "each metric of a datagram by its name"
                : "each datagram by the name of its first metric";
    }
}
