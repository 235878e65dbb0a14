package dev.udpfanout.loader.fuzz;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;
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

import dev.udpfanout.bindings.generated.rtnetlink.nfgenmsg;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * What to begin with for the entries of connection tracking: one of each family, as ctnetlink_fill_info of the kernel's
 * nf_conntrack_netlink.c writes it. Eight attributes that must be there, each of its length, and two levels deep, are
 * more than the fuzzer comes upon by itself in minutes.
 */
final class TrackedFlowSeeds {
    private static final byte UDP = 17;
    private static final byte[] PORT = {20, (byte) 235};

    private TrackedFlowSeeds() {}

    static List<byte[]> ofEachFamily() {
        return List.of(entry(AF_INET(), 4), entry(AF_INET6(), 16));
    }

    /** The payload of one message. */
    private static byte[] entry(int family, int addressBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder message = new MessageBuilder(arena, 0, 0, 0);
            nfgenmsg.nfgen_family(message.struct(nfgenmsg.layout()), (byte) family);
            message.nest(CTA_TUPLE_ORIG(), tuple -> putTuple(tuple, family, addressBytes));
            message.nest(CTA_TUPLE_REPLY(), tuple -> putTuple(tuple, family, addressBytes));
            message.putInt(CTA_ID(), 1);
            return message.finished().asSlice(nlmsghdr.sizeof()).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void putTuple(MessageBuilder tuple, int family, int addressBytes) {
        boolean isIpv4 = family == AF_INET();
        tuple.nest(CTA_TUPLE_IP(), addresses -> {
            addresses.put(isIpv4 ? CTA_IP_V4_SRC() : CTA_IP_V6_SRC(), new byte[addressBytes]);
            addresses.put(isIpv4 ? CTA_IP_V4_DST() : CTA_IP_V6_DST(), new byte[addressBytes]);
        });
        tuple.nest(CTA_TUPLE_PROTO(), protocol -> {
            protocol.put(CTA_PROTO_NUM(), new byte[] {UDP});
            protocol.put(CTA_PROTO_SRC_PORT(), PORT);
            protocol.put(CTA_PROTO_DST_PORT(), PORT);
        });
    }
}
