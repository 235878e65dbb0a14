package dev.udpfanout.forwarder.netflow;

import dev.udpfanout.forwarder.socket.SocketAddresses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * A message of templates and options data that came before.
 *
 * @param epochMs when it came, in milliseconds since 1970
 * @param sockaddr its exporter's struct sockaddr_in or sockaddr_in6, in the room of the latter
 * @param message without records
 */
public record RememberedMessage(long epochMs, byte[] sockaddr, byte[] message) {
    /** struct sockaddr_in6. */
    static final int SOCKADDR_BYTES = 28;

    /**
     * As one that has just been heard of.
     *
     * @param exporter resolved
     */
    public static RememberedMessage of(long epochMs, InetSocketAddress exporter, byte[] message) {
        byte[] sockaddr = new byte[SOCKADDR_BYTES];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = SocketAddresses.encode(exporter, arena);
            MemorySegment.copy(encoded, ValueLayout.JAVA_BYTE, 0, sockaddr, 0, (int) encoded.byteSize());
        }
        return new RememberedMessage(epochMs, sockaddr, message);
    }

    /** Who has sent it. */
    public InetSocketAddress exporter() {
        try (Arena arena = Arena.ofConfined()) {
            return SocketAddresses.decode(
                    arena.allocate(sockaddr.length, Integer.BYTES).copyFrom(MemorySegment.ofArray(sockaddr)));
        }
    }

    /** What it takes in a file: its length, the time, and both. */
    int bytes() {
        return Integer.BYTES + Long.BYTES + sockaddr.length + message.length;
    }
}
