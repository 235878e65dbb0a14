package dev.udpfanout.loader.trace;

/**
 * One line of a datagram's way.
 *
 * @param sinceLastNs nanoseconds since the hop before; 0 for the first
 * @param where the interface and direction, or what it came to
 * @param what what was seen there
 */
public record Hop(long sinceLastNs, String where, String what) {
    /** Where the packet served its purpose. */
    static final String END = "done";
}
