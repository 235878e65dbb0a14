package dev.udpfanout.bindings.abi.flow;

import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_flow;
import dev.udpfanout.bindings.generated.abi.uf_flow_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Reads the entries of a table of FLOWS: {@code struct uf_flow_key} and {@code struct uf_flow}. */
public final class FlowEntry {
    /** A key: {@code struct uf_flow_key}. */
    public static final Codec<MemorySegment> KEY_CODEC = Codec.raw(uf_flow_key.layout());

    /** A value: {@code struct uf_flow}. */
    public static final Codec<MemorySegment> VALUE_CODEC = Codec.raw(uf_flow.layout());

    public static final int KEY_BYTES = (int) uf_flow_key.sizeof();
    public static final int VALUE_BYTES = (int) uf_flow.sizeof();

    /** A flow has an entry for what is asked and one for what is answered. */
    public static final int ENTRIES_PER_FLOW = 2;

    /**
     * How much older {@link #seenNanos} may be than a flow's last datagram: UF_FLOW_TOUCH_NS of
     * bpf/src/main/c/udp_fanout/flow.h. What is idle is idle for this much longer, so that a flow in use is not.
     */
    public static final Duration SEEN_LAG = Duration.ofSeconds(1);

    private FlowEntry() {}

    /** Whether it is the entry of a flow's requests; if not, that of its replies. */
    public static boolean isOfRequests(MemorySegment key) {
        return uf_flow_key.owner(key) != Abi.UF_FLOW_OF_REPLIES();
    }

    /** When the flow was last used, to about a second: CLOCK_MONOTONIC, which is System.nanoTime()'s. */
    public static long seenNanos(MemorySegment value) {
        return uf_flow.seen_ns(value);
    }
}
