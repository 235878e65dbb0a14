package dev.udpfanout.bindings.conntrack;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V4_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V4_SRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V6_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V6_SRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_DST_PORT;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_NUM;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_SRC_PORT;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_IP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_ORIG;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_PROTO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_REPLY;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_ZONE;

import dev.udpfanout.bindings.generated.rtnetlink.nfgenmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads an entry as IPCTNL_MSG_CT_NEW has it: linux/netfilter/nfnetlink_conntrack.h. Ports are in network order. */
final class TrackedFlowDecoder {
    static final byte UDP = 17;

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TrackedFlowDecoder() {}

    /**
     * The entry; empty if it is not of UDP, or of a zone: zones belong to who has made them, Open vSwitch for example.
     *
     * @throws MalformedMessageException if an attribute is missing or has not the length that it must have
     */
    static Optional<TrackedFlow> decode(Message message) {
        int family = nfgenmsg.nfgen_family(message.struct(nfgenmsg.layout()));
        Attributes attributes = message.attributes(nfgenmsg.layout());
        Attributes original = attributes.nested(CTA_TUPLE_ORIG());
        Attributes reply = attributes.nested(CTA_TUPLE_REPLY());
        if (!InternetAddress.isFamily(family)
                || protocol(original) != UDP
                || protocol(reply) != UDP
                || attributes.bytes(CTA_ZONE()).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(new TrackedFlow(
                source(family, original),
                destination(family, original),
                source(family, reply),
                required(attributes, CTA_ID(), Integer.BYTES).get(ValueLayout.JAVA_INT_UNALIGNED, 0)));
    }

    private static byte protocol(Attributes tuple) {
        return required(tuple.nested(CTA_TUPLE_PROTO()), CTA_PROTO_NUM(), Byte.BYTES)
                .get(ValueLayout.JAVA_BYTE, 0);
    }

    private static InetSocketAddress source(int family, Attributes tuple) {
        return place(family, tuple, family == AF_INET() ? CTA_IP_V4_SRC() : CTA_IP_V6_SRC(), CTA_PROTO_SRC_PORT());
    }

    private static InetSocketAddress destination(int family, Attributes tuple) {
        return place(family, tuple, family == AF_INET() ? CTA_IP_V4_DST() : CTA_IP_V6_DST(), CTA_PROTO_DST_PORT());
    }

    private static InetSocketAddress place(int family, Attributes tuple, int addressType, int portType) {
        MemorySegment address =
                required(tuple.nested(CTA_TUPLE_IP()), addressType, InternetAddress.bits(family) / Byte.SIZE);
        MemorySegment port = required(tuple.nested(CTA_TUPLE_PROTO()), portType, Short.BYTES);
        return new InetSocketAddress(InternetAddress.decode(family, address), Short.toUnsignedInt(port.get(PORT, 0)));
    }

    private static MemorySegment required(Attributes attributes, int type, int sizeBytes) {
        return attributes
                .bytes(type)
                .filter(value -> value.byteSize() == sizeBytes)
                .orElseThrow(() -> new MalformedMessageException(
                        "an entry of connection tracking has no attribute " + type + " of " + sizeBytes + " bytes"));
    }
}
