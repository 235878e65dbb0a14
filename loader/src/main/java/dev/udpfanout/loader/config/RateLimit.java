package dev.udpfanout.loader.config;

/**
 * How much of a listener's datagrams is forwarded, over all CPUs.
 *
 * @param packetsPerSecond in the long run; a fragment is a packet, and so is each segment of a super-packet
 * @param burst packets at once, after there were none for long enough
 */
public record RateLimit(int packetsPerSecond, int burst) {
    /** What each of the two may be at the most. */
    public static final int MAX_PACKETS = 100_000_000;
}
