package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.spread.ContentHash;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which datagrams are not to be copied, since they are copies that have come back. The JDK's channels do not tell
 * a datagram's TTL, and send with the node's own. The event loop's.
 */
final class ChannelCopies {
    private final CopiedDatagrams copied;
    private Map<InetAddress, Integer> endpoints = Map.of();

    ChannelCopies(CopiedDatagrams copied) {
        this.copied = copied;
    }

    /** From now on these are the endpoints that get copies: 255 at most. */
    void use(List<ChannelTarget> targets) {
        copied.open();
        Map<InetAddress, Integer> numbers = new HashMap<>();
        for (ChannelTarget target : targets) {
            numbers.putIfAbsent(target.endpoint().getAddress(), numbers.size() + 1);
        }
        endpoints = numbers;
    }

    /** Notes a datagram that is about to be copied, and leaves its buffer as it is, unless it has come back. */
    boolean isReturnElseNote(InetAddress source, ByteBuffer datagram) {
        long hash = ContentHash.with(copied.seed(), MemorySegment.ofBuffer(datagram), 0, datagram.remaining());
        int endpoint = endpoints.getOrDefault(source, CopiedDatagrams.NO_ENDPOINT);
        return copied.isReturnFromEndpointElseNote(hash, endpoint, System.nanoTime());
    }
}
