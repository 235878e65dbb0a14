package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_origin;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A value of the map ORIGINS: {@code struct uf_origin}, where the datagrams of an endpoint had been sent to.
 *
 * @param slot the listener's
 * @param address as the program has seen it: the listener's own, a VIP, or the node's
 * @param port UDP port, 1 to 65535; 0 in {@link #NONE}
 * @param entrance where the stack is to receive errors about them; empty: they go by the next hop
 */
public record OriginEntry(int slot, InetAddress address, int port, Optional<Entrance> entrance) {
    /** How it is laid out. */
    public static final Codec<OriginEntry> CODEC =
            new Codec<>(uf_origin.layout(), OriginEntry::write, OriginEntry::read);

    /** Nobody is to be told. */
    public static final OriginEntry NONE =
            new OriginEntry(Limits.MAX_LISTENERS, InetAddress.ofLiteral("::"), 0, Optional.empty());

    private static final HexFormat COLON_SEPARATED = HexFormat.ofDelimiter(":");

    /**
     * An interface, with its hardware address, for example {@code 02:00:00:00:00:01}.
     *
     * @param ifindex its index
     */
    public record Entrance(int ifindex, String hardwareAddress) {}

    /**
     * The value in the map's layout.
     *
     * @throws IllegalArgumentException if the hardware address is not six bytes
     */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_origin.allocate(allocator);
        uf_origin.slot(value, slot);
        uf_origin.port(value, NetworkOrder.swapped(port));
        entrance.ifPresent(by -> {
            uf_origin.ifindex(value, by.ifindex());
            MemorySegment field = uf_origin.hardware_address(value);
            byte[] bytes = COLON_SEPARATED.parseHex(by.hardwareAddress());
            if (bytes.length != field.byteSize()) {
                throw new IllegalArgumentException(
                        by.hardwareAddress() + " is not the address of an Ethernet interface");
            }
            MemorySegment.copy(bytes, 0, field, ValueLayout.JAVA_BYTE, 0, bytes.length);
        });
        MappedAddress.write(address, uf_origin.address(value));
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static OriginEntry read(MemorySegment value) {
        MemorySegment address = uf_origin.address(value);
        int ifindex = uf_origin.ifindex(value);
        String hardwareAddress =
                COLON_SEPARATED.formatHex(uf_origin.hardware_address(value).toArray(ValueLayout.JAVA_BYTE));
        return new OriginEntry(
                uf_origin.slot(value),
                MappedAddress.read(address, MappedAddress.isIpv4(address) ? 4 : 6),
                NetworkOrder.swapped(uf_origin.port(value)) & 0xffff,
                ifindex == 0 ? Optional.empty() : Optional.of(new Entrance(ifindex, hardwareAddress)));
    }
}
