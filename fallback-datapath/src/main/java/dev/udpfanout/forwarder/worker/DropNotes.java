package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.DropDescription;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.socket.SourceBits;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells who watches of one worker's drops. The event loop's. */
final class DropNotes {
    private final DropSamples samples;
    private final boolean readsSources;
    private final DropDescription drop;

    /**
     * @param listener the forwarder's name
     * @param destination where it receives; empty if that is several addresses
     * @param readsSources whether a datagram's sender stands where it was received
     */
    DropNotes(DropSamples samples, String listener, Optional<InetSocketAddress> destination, boolean readsSources) {
        this.samples = samples;
        this.readsSources = readsSources;
        this.drop = new DropDescription(listener, destination);
    }

    /**
     * Tells of datagrams that came from one sender.
     *
     * @param sourceAt where the sender's sockaddr stands
     * @param target null if none was chosen
     */
    void note(DropReason reason, MemorySegment memory, long sourceAt, int datagrams, int payloadBytes, Target target) {
        if (!samples.isWatched()) {
            return;
        }
        begin(reason, datagrams, payloadBytes, target);
        if (readsSources) {
            drop.source(
                    SourceBits.high(memory, sourceAt),
                    SourceBits.low(memory, sourceAt),
                    SourceBits.port(memory, sourceAt));
        }
        samples.add(drop);
    }

    /**
     * The same where senders are objects.
     *
     * @param source null if it is not known
     * @param target null if none was chosen
     */
    void note(DropReason reason, InetSocketAddress source, int payloadBytes, Target target) {
        if (!samples.isWatched()) {
            return;
        }
        begin(reason, 1, payloadBytes, target);
        if (source != null) {
            drop.source(SourceBits.high(source.getAddress()), SourceBits.low(source.getAddress()), source.getPort());
        }
        samples.add(drop);
    }

    private void begin(DropReason reason, int datagrams, int payloadBytes, Target target) {
        drop.begin(reason, target == null ? null : target.endpoint(), datagrams, payloadBytes);
    }
}
