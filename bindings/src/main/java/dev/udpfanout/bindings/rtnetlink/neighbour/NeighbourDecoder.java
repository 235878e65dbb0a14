package dev.udpfanout.bindings.rtnetlink.neighbour;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_BRIDGE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NDA_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NDA_LLADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NDA_MASTER;

import dev.udpfanout.bindings.generated.rtnetlink.ndmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads RTM_NEWNEIGH: for IP a neighbour, for AF_BRIDGE an entry of a bridge's forwarding database. */
final class NeighbourDecoder {
    private static final HexFormat COLON_SEPARATED = HexFormat.ofDelimiter(":");

    private NeighbourDecoder() {}

    /** The neighbour; empty for another family, and for one whose hardware address is not known. */
    static Optional<Neighbour> neighbour(Message message) {
        MemorySegment header = message.struct(ndmsg.layout());
        int family = Byte.toUnsignedInt(ndmsg.ndm_family(header));
        if (!InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(ndmsg.layout());
        return attributes.bytes(NDA_DST()).flatMap(address -> hardwareAddress(attributes)
                .map(hardware ->
                        new Neighbour(ndmsg.ndm_ifindex(header), InternetAddress.decode(family, address), hardware)));
    }

    /** The entry with its state; empty for another family. */
    static Optional<NeighbourState> state(Message message) {
        MemorySegment header = message.struct(ndmsg.layout());
        int family = Byte.toUnsignedInt(ndmsg.ndm_family(header));
        if (!InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(ndmsg.layout());
        return attributes
                .bytes(NDA_DST())
                .map(address -> new NeighbourState(
                        ndmsg.ndm_ifindex(header),
                        InternetAddress.decode(family, address),
                        hardwareAddress(attributes).orElse(""),
                        Short.toUnsignedInt(ndmsg.ndm_state(header))));
    }

    /** The entry; empty for one that is not a bridge's, such as an address that a NIC listens to. */
    static Optional<ForwardingEntry> forwardingEntry(Message message) {
        MemorySegment header = message.struct(ndmsg.layout());
        if (Byte.toUnsignedInt(ndmsg.ndm_family(header)) != AF_BRIDGE()) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(ndmsg.layout());
        OptionalInt bridge = attributes.number(NDA_MASTER());
        return bridge.isEmpty()
                ? Optional.empty()
                : hardwareAddress(attributes)
                        .map(hardware -> new ForwardingEntry(bridge.getAsInt(), ndmsg.ndm_ifindex(header), hardware));
    }

    private static Optional<String> hardwareAddress(Attributes attributes) {
        return attributes
                .bytes(NDA_LLADDR())
                .map(bytes -> COLON_SEPARATED.formatHex(bytes.toArray(ValueLayout.JAVA_BYTE)));
    }
}
