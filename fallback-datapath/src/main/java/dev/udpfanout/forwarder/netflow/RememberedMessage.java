package dev.udpfanout.forwarder.netflow;

/**
 * A message of templates and options data that a process before this one has seen.
 *
 * @param epochMs when it came, in milliseconds since 1970
 * @param sockaddr its exporter's struct sockaddr_in or sockaddr_in6, in the room of the latter
 * @param message without records
 */
public record RememberedMessage(long epochMs, byte[] sockaddr, byte[] message) {
    /** struct sockaddr_in6. */
    static final int SOCKADDR_BYTES = 28;

    /** What it takes in a file: its length, the time, and both. */
    int bytes() {
        return Integer.BYTES + Long.BYTES + sockaddr.length + message.length;
    }
}
