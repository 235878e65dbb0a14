package dev.udpfanout.loader.datapath;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Single datagrams that this process drops in user space, for whoever watches. Any thread. */
public interface UserspaceDrops {
    /** A process that drops none. */
    UserspaceDrops NONE = from -> new Page(List.of(), 0, 0);

    /**
     * One datagram, or several that went to the kernel as one message.
     *
     * @param listener its name
     * @param reason as metrics name it
     * @param source empty where the listener does not read it
     * @param destination empty where the listener has several addresses
     * @param endpoint empty if none was chosen
     * @param packets more than 1 of a message that was to be cut
     * @param payloadBytes of all of them; 0 if it is not known
     */
    record Drop(
            Instant at,
            String listener,
            String reason,
            Optional<InetSocketAddress> source,
            Optional<InetSocketAddress> destination,
            Optional<InetSocketAddress> endpoint,
            int packets,
            int payloadBytes) {}

    /**
     * What was dropped from a number on.
     *
     * @param drops the oldest first; of a flood, a bounded number a second
     * @param next the number to go on with
     * @param seen packets that were dropped since the first watch, while somebody watched
     */
    record Page(List<Drop> drops, long next, long seen) {}

    /**
     * What was dropped since; and has drops kept for the next three seconds. Who watches calls it again and again.
     *
     * @param from a number from {@link Page#next()}; -1 to begin
     */
    Page watch(long from);
}
