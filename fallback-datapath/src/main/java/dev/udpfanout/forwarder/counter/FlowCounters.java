package dev.udpfanout.forwarder.counter;

import dev.udpfanout.forwarder.config.ForwarderConfig;

/**
 * What a forwarder has done about replies since it was started; all zero where it brings none back.
 *
 * @param live flows now
 * @param created flows begun
 * @param evicted flows that had to go before their time, to make room for another
 * @param expired flows that were idle for too long, or whose client came again after their endpoint had left the table
 * @param repliesForwarded datagrams from endpoints that the kernel took for their client
 * @param repliesForwardedBytes their payload
 * @param repliesTooLong datagrams from endpoints that were dropped, longer than
 *     {@link ForwarderConfig#maxPacketBytes()}
 * @param repliesRefused datagrams from endpoints that were dropped since the kernel did not take them for their client
 */
public record FlowCounters(
        long live,
        long created,
        long evicted,
        long expired,
        long repliesForwarded,
        long repliesForwardedBytes,
        long repliesTooLong,
        long repliesRefused) {
    /** Nothing yet. */
    public static final FlowCounters ZERO = new FlowCounters(0, 0, 0, 0, 0, 0, 0, 0);

    /** The same when all flows have ended with their forwarder. */
    public FlowCounters closed() {
        return new FlowCounters(
                0, created, evicted, expired, repliesForwarded, repliesForwardedBytes, repliesTooLong, repliesRefused);
    }

    /** Both together. */
    public FlowCounters plus(FlowCounters other) {
        return new FlowCounters(
                live + other.live,
                created + other.created,
                evicted + other.evicted,
                expired + other.expired,
                repliesForwarded + other.repliesForwarded,
                repliesForwardedBytes + other.repliesForwardedBytes,
                repliesTooLong + other.repliesTooLong,
                repliesRefused + other.repliesRefused);
    }
}
