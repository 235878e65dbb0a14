package dev.udpfanout.bindings.abi.netflow;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_options_template_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/**
 * A key of the map OPTIONS_TEMPLATES: {@code struct uf_options_template_key}. Its value is the bytes of a record of
 * options data in NetFlow v9, and 0 in IPFIX.
 *
 * @param exporter who has sent the template
 * @param domain the observation domain, in v9 the source id
 * @param id of the template: 256 to 65,535
 */
public record OptionsTemplateKey(InetSocketAddress exporter, int domain, int id) {
    private static final ValueLayout.OfInt DOMAIN = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    public static final Codec<OptionsTemplateKey> CODEC = new Codec<>(
            uf_options_template_key.layout(),
            (key, allocator) -> {
                MemorySegment to = allocator.allocate(uf_options_template_key.layout());
                MappedAddress.write(key.exporter.getAddress(), uf_options_template_key.address(to));
                to.set(DOMAIN, uf_options_template_key.domain$offset(), key.domain);
                uf_options_template_key.port(to, NetworkOrder.swapped((short) key.exporter.getPort()));
                uf_options_template_key.reserved(to, (short) 0);
                uf_options_template_key.id(to, key.id);
                return to;
            },
            OptionsTemplateKey::read);

    /** The one element of OPTIONS_IDS: a byte for each id, which is 1 if any exporter has used it for options. */
    public static final Codec<MemorySegment> IDS_CODEC =
            Codec.raw(MemoryLayout.sequenceLayout(1 << 16, ValueLayout.JAVA_BYTE));

    private static OptionsTemplateKey read(MemorySegment from) {
        MemorySegment address = uf_options_template_key.address(from);
        int port = Short.toUnsignedInt(NetworkOrder.swapped(uf_options_template_key.port(from)));
        return new OptionsTemplateKey(
                new InetSocketAddress(MappedAddress.read(address, MappedAddress.isIpv4(address) ? 4 : 6), port),
                from.get(DOMAIN, uf_options_template_key.domain$offset()),
                uf_options_template_key.id(from));
    }
}
