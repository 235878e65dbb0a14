package dev.udpfanout.bindings.rtnetlink.neighbour;

import java.net.InetAddress;

/**
 * An entry of the neighbour table, also one that nobody has answered for: ip-neighbour(8).
 *
 * @param linkIndex its link
 * @param address the neighbour's
 * @param hardwareAddress in lower-case hexadecimal; empty if it is not known
 * @param state NUD_ of linux/neighbour.h
 */
public record NeighbourState(int linkIndex, InetAddress address, String hardwareAddress, int state) {
    private static final int NUD_INCOMPLETE = 0x01;
    private static final int NUD_FAILED = 0x20;
    private static final int NUD_PERMANENT = 0x80;

    /** Whether the kernel asks for it, or has given up, without an answer. */
    public boolean isUnanswered() {
        return (state & (NUD_INCOMPLETE | NUD_FAILED)) != 0;
    }

    /** Whether somebody has written it down for good, so that the kernel does not ask. */
    public boolean isPermanent() {
        return (state & NUD_PERMANENT) != 0;
    }
}
