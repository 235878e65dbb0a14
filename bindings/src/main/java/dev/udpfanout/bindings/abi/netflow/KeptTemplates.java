package dev.udpfanout.bindings.abi.netflow;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_templates;
import dev.udpfanout.bindings.generated.abi.uf_templates_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * An entry of the table in the map TEMPLATES: a message of templates, or of options data, that an exporter has sent.
 *
 * @param slot of the listener that it was sent to
 * @param exporter who sent it
 * @param seenNanos when it came: CLOCK_MONOTONIC, which is System.nanoTime()'s
 * @param message the payload; it has nothing but what is for all receivers
 */
public record KeptTemplates(int slot, InetSocketAddress exporter, long seenNanos, byte[] message) {
    /** A key: {@code struct uf_templates_key}. */
    public static final Codec<MemorySegment> KEY_CODEC = Codec.raw(uf_templates_key.layout());

    /** A value: {@code struct uf_templates}. */
    public static final Codec<MemorySegment> VALUE_CODEC = Codec.raw(uf_templates.layout());

    /** The listener's slot that a key says. */
    public static int slot(MemorySegment key) {
        return uf_templates_key.slot(key);
    }

    /** When the message of a value came: CLOCK_MONOTONIC. */
    public static long seenNanos(MemorySegment value) {
        return uf_templates.seen_ns(value);
    }

    /** Who has sent the message of a key. */
    public static InetSocketAddress exporter(MemorySegment key) {
        MemorySegment address = uf_templates_key.address(key);
        int port = Short.toUnsignedInt(NetworkOrder.swapped(uf_templates_key.port(key)));
        return new InetSocketAddress(MappedAddress.read(address, MappedAddress.isIpv4(address) ? 4 : 6), port);
    }

    /** Reads an entry, and keeps nothing of the segments. */
    public static KeptTemplates read(MemorySegment key, MemorySegment value) {
        byte[] message = uf_templates
                .message(value)
                .asSlice(0, uf_templates.bytes(value))
                .toArray(ValueLayout.JAVA_BYTE);
        return new KeptTemplates(slot(key), exporter(key), seenNanos(value), message);
    }
}
