package dev.udpfanout.loader.trace;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a datagram was at one moment: {@code struct uf_trace_event} of bpf/src/main/c/trace/event.h.
 *
 * @param timeNs CLOCK_MONOTONIC
 * @param packet the kernel's address of the packet; a copy has another one
 * @param location the address of the code that dropped it, if it was dropped
 * @param kind what happened
 * @param sequence which datagram it is, from 0
 * @param namespace the inode of the interface's network namespace, or of the socket's; 0 if neither is known
 * @param interfaceIndex 0 if none is known
 * @param result the kernel's or our drop reason; of {@link Kind#ANSWERED} the ICMP type, times 256, and code
 * @param slot the listener's, of {@link Kind#OUR_DROP}
 * @param bytes the packet's length, without the link-layer header while it comes in
 * @param source empty if the headers could not be read
 * @param destination as above
 * @param isFragment whether it is the first of several fragments
 * @param device the interface's name; empty if none is known
 * @param task the thread that ran then
 * @param lost how many events had no room until then
 */
record TraceEvent(
        long timeNs,
        long packet,
        long location,
        Kind kind,
        int sequence,
        int namespace,
        int interfaceIndex,
        int result,
        int slot,
        int bytes,
        Optional<InetSocketAddress> source,
        Optional<InetSocketAddress> destination,
        boolean isFragment,
        String device,
        String task,
        int lost) {
    /** How it is laid out; {@code TraceLayoutTest} compares it with the compiler's. */
    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("time_ns"),
            ValueLayout.JAVA_LONG.withName("skb"),
            ValueLayout.JAVA_LONG.withName("location"),
            ValueLayout.JAVA_INT.withName("kind"),
            ValueLayout.JAVA_INT.withName("sequence"),
            ValueLayout.JAVA_INT.withName("netns"),
            ValueLayout.JAVA_INT.withName("ifindex"),
            ValueLayout.JAVA_INT.withName("result"),
            ValueLayout.JAVA_INT.withName("number"),
            ValueLayout.JAVA_INT.withName("bytes"),
            ValueLayout.JAVA_SHORT.withName("source_port"),
            ValueLayout.JAVA_SHORT.withName("destination_port"),
            ValueLayout.JAVA_BYTE.withName("family"),
            ValueLayout.JAVA_BYTE.withName("hops"),
            ValueLayout.JAVA_BYTE.withName("protocol"),
            ValueLayout.JAVA_BYTE.withName("fragment"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("source"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("destination"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("device"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("task"),
            ValueLayout.JAVA_INT.withName("lost"));

    /** What happened; {@code enum uf_trace_kind}, from 1 on. */
    enum Kind {
        /** An interface has given the packet to the stack. */
        RECEIVED,
        /** An interface's driver has it. */
        SENT,
        /** udp-fanout has dropped it. */
        OUR_DROP,
        /** The kernel has dropped it. */
        FREED,
        /** It has served its purpose: read by a process, or sent. */
        CONSUMED,
        /** It has become the ICMP error that goes to its sender. */
        ANSWERED,
        /** It waits in a socket for the process to read it. */
        QUEUED;

        /** Whether the packet is no more after it. */
        boolean isEnd() {
            return this != RECEIVED && this != SENT && this != QUEUED;
        }
    }

    /** One record of the map EVENTS. */
    static TraceEvent read(MemorySegment event) {
        EventFields fields = new EventFields(LAYOUT, event);
        return new TraceEvent(
                fields.number("time_ns"),
                fields.number("skb"),
                fields.number("location"),
                Kind.values()[fields.small("kind") - 1],
                fields.small("sequence"),
                fields.small("netns"),
                fields.small("ifindex"),
                fields.small("result"),
                fields.small("number"),
                fields.small("bytes"),
                fields.address("source"),
                fields.address("destination"),
                fields.number("fragment") != 0,
                fields.text("device"),
                fields.text("task"),
                fields.small("lost"));
    }
}
