package dev.udpfanout.loader.drops;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.loader.trace.EventFields;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One datagram that udp-fanout has dropped: {@code struct uf_drop_event} of bpf/src/main/c/trace/drop_event.h.
 *
 * @param timeNs CLOCK_MONOTONIC
 * @param seen packets that were dropped since the watch began, this one included
 * @param reason as metrics name it; {@code reason 25} if this version does not know it
 * @param slot the listener's
 * @param counter of the endpoint that was chosen; 0 if none was, or if it is not counted
 * @param packets more than 1 of a GSO super-packet
 * @param bytes the packet's length
 * @param source port 0 for a fragment without ports
 * @param destination as above
 * @param device the interface at which it came in
 */
public record DropEvent(
        long timeNs,
        long seen,
        String reason,
        int slot,
        int counter,
        int packets,
        int bytes,
        Optional<InetSocketAddress> source,
        Optional<InetSocketAddress> destination,
        String device) {
    /** How it is laid out; {@code DropLayoutTest} compares it with the compiler's. */
    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("time_ns"),
            ValueLayout.JAVA_LONG.withName("seen"),
            ValueLayout.JAVA_INT.withName("reason"),
            ValueLayout.JAVA_INT.withName("slot"),
            ValueLayout.JAVA_INT.withName("counter"),
            ValueLayout.JAVA_INT.withName("packets"),
            ValueLayout.JAVA_INT.withName("bytes"),
            ValueLayout.JAVA_SHORT.withName("source_port"),
            ValueLayout.JAVA_SHORT.withName("destination_port"),
            ValueLayout.JAVA_INT.withName("family"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("source"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("destination"),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("device"),
            ValueLayout.JAVA_INT.withName("ifindex"));

    /** One record of the map EVENTS. */
    static DropEvent read(MemorySegment event) {
        EventFields fields = new EventFields(LAYOUT, event);
        return new DropEvent(
                fields.number("time_ns"),
                fields.number("seen"),
                label(fields.small("reason")),
                fields.small("slot"),
                fields.small("counter"),
                fields.small("packets"),
                fields.small("bytes"),
                fields.address("source"),
                fields.address("destination"),
                deviceOf(fields));
    }

    /**
     * An answer to the sender is seen where it leaves: then the probe has only the number of where the datagram came
     * in.
     */
    private static String deviceOf(EventFields fields) {
        int ifindex = fields.small("ifindex");
        if (ifindex == 0) {
            return fields.text("device");
        }
        try {
            NetworkInterface device = NetworkInterface.getByIndex(ifindex);
            return device == null ? "interface " + ifindex : device.getName();
        } catch (SocketException e) {
            return "interface " + ifindex;
        }
    }

    private static String label(int code) {
        return Arrays.stream(DropReason.values())
                .filter(reason -> reason.code() == code)
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("reason " + code);
    }
}
