package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.FlowCounters;
import dev.udpfanout.loader.datapath.ReplyCounters;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A forwarder's counts of flows and replies in the terms of the kernel datapath. */
final class FlowFigures {
    private FlowFigures() {}

    /** @param headerBytes of a frame, beside the payload */
    static ReplyCounters of(FlowCounters flows, long headerBytes) {
        return new ReplyCounters(
                OptionalLong.of(flows.live()),
                flows.created(),
                Map.of("evicted", flows.evicted(), "expired", flows.expired()),
                flows.repliesForwarded(),
                flows.repliesForwardedBytes() + headerBytes * flows.repliesForwarded(),
                Map.of(
                        DropReason.TOO_LONG.label(), flows.repliesTooLong(),
                        DropReason.SEND_FAILED.label(), flows.repliesRefused()));
    }

    /** Both together: either may be of a time without replies. */
    static Optional<ReplyCounters> sum(Optional<ReplyCounters> one, Optional<ReplyCounters> other) {
        return one.isEmpty() || other.isEmpty() ? one.or(() -> other) : Optional.of(sum(one.get(), other.get()));
    }

    private static ReplyCounters sum(ReplyCounters one, ReplyCounters other) {
        return new ReplyCounters(
                OptionalLong.of(one.flows().orElse(0) + other.flows().orElse(0)),
                one.flowsCreated() + other.flowsCreated(),
                sum(one.flowsEnded(), other.flowsEnded()),
                one.packetsForwarded() + other.packetsForwarded(),
                one.bytesForwarded() + other.bytesForwarded(),
                sum(one.packetsDropped(), other.packetsDropped()));
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
        Map<String, Long> both = new HashMap<>(one);
        other.forEach((reason, count) -> both.merge(reason, count, Long::sum));
        return both;
    }
}
