package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * What the probes are to follow: {@code struct uf_trace_settings} of bpf/src/main/c/trace/event.h.
 *
 * @param run the number that this run's test datagrams carry
 * @param interfaceIndex where datagrams come in
 * @param namespace the inode of its network namespace
 * @param liveEvery 0 for test datagrams; else one real datagram in so many is followed
 * @param liveCount how many real ones are followed at most
 * @param destination of the real ones
 */
record TraceSettings(
        int run, int interfaceIndex, int namespace, int liveEvery, int liveCount, InetSocketAddress destination) {
    /** The section that holds it, and nothing else. */
    static final String SECTION = ".rodata.settings";

    /** How it is laid out; {@code TraceLayoutTest} compares it with the compiler's. */
    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("run"),
            ValueLayout.JAVA_INT.withName("ifindex"),
            ValueLayout.JAVA_INT.withName("netns"),
            ValueLayout.JAVA_INT.withName("live_every"),
            ValueLayout.JAVA_INT.withName("live_count"),
            ValueLayout.JAVA_SHORT.withName("port"),
            ValueLayout.JAVA_SHORT.withName("unused"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("address"));

    void writeTo(MemorySegment section) {
        section.set(ValueLayout.JAVA_INT, at("run"), run);
        section.set(ValueLayout.JAVA_INT, at("ifindex"), interfaceIndex);
        section.set(ValueLayout.JAVA_INT, at("netns"), namespace);
        section.set(ValueLayout.JAVA_INT, at("live_every"), liveEvery);
        section.set(ValueLayout.JAVA_INT, at("live_count"), liveCount);
        section.set(ValueLayout.JAVA_SHORT, at("port"), NetworkOrder.swapped(destination.getPort()));
        MappedAddress.write(destination.getAddress(), section.asSlice(at("address")));
    }

    private static long at(String field) {
        return LAYOUT.byteOffset(PathElement.groupElement(field));
    }
}
