package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_replies;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a listener's endpoints have answered: {@code struct uf_replies}, the sum over the CPUs.
 *
 * @param flowsCreated flows that were not there before
 * @param flowsEvicted flows that had to go for another one
 * @param flowsWithoutRoom flows that were not made, since the table was full of flows that were in use
 * @param flowsExpectedElsewhere flows that were not made, since connection tracking expects the endpoint's answers for
 *     somebody else
 * @param packetsForwarded handed on to the client; a GSO super-packet counts as its segments, a fragment as one
 * @param bytesForwarded frame bytes, with the link-layer header
 * @param packetsDropped replies not forwarded, every reason, also those with 0; unmodifiable
 */
public record ListenerReplies(
        long flowsCreated,
        long flowsEvicted,
        long flowsWithoutRoom,
        long flowsExpectedElsewhere,
        long packetsForwarded,
        long bytesForwarded,
        Map<DropReason, Long> packetsDropped) {
    public static final long BYTES = uf_replies.sizeof();

    public ListenerReplies {
        packetsDropped = Collections.unmodifiableMap(new EnumMap<>(packetsDropped));
    }

    /** Sums the per-CPU values that a lookup in REPLIES gives. */
    public static ListenerReplies sum(MemorySegment perCpu, int cpus) {
        long created = 0;
        long evicted = 0;
        long withoutRoom = 0;
        long expectedElsewhere = 0;
        long packets = 0;
        long bytes = 0;
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, 0L);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment replies = uf_replies.asSlice(perCpu, cpu);
            created += uf_replies.flows_created(replies);
            evicted += uf_replies.flows_evicted(replies);
            withoutRoom += uf_replies.flows_without_room(replies);
            expectedElsewhere += uf_replies.flows_expected_elsewhere(replies);
            packets += uf_replies.pkts_forwarded(replies);
            bytes += uf_replies.bytes_forwarded(replies);
            dropped.replaceAll(
                    (reason, count) -> count + CounterArray.at(uf_replies.pkts_dropped(replies), reason.code()));
        }
        return new ListenerReplies(created, evicted, withoutRoom, expectedElsewhere, packets, bytes, dropped);
    }
}
