package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSGERR_ATTR_MSG;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_DONE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_ERROR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_ACK_TLVS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CAPPED;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWLINK;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsgerr;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Messages as the kernel would send them. */
public final class NetlinkBytes {
    private static final int HEADER_BYTES = 16;

    private NetlinkBytes() {}

    public static byte[] message(int type, int flags, int sequence, Consumer<MessageBuilder> body) {
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder builder = new MessageBuilder(arena, type, flags, sequence);
            body.accept(builder);
            return builder.finished().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** A message of any type, with any bytes behind its header. */
    public static byte[] withPayload(int type, int sequence, byte[] payload) {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.nativeOrder());
        return message.putInt(message.capacity())
                .putShort((short) type)
                .putShort((short) 0)
                .putInt(sequence)
                .putInt(0)
                .put(payload)
                .array();
    }

    public static byte[] link(int sequence, int flags, int index, String name) {
        return message(RTM_NEWLINK(), flags, sequence, message -> {
            ifinfomsg.ifi_index(message.struct(ifinfomsg.layout()), index);
            message.putString(Rtnetlink.IFLA_IFNAME(), name);
        });
    }

    /** NLMSG_ERROR; errno 0 is success. */
    public static byte[] error(int sequence, int errnoNumber, String text) {
        int flags = NLM_F_CAPPED() | (text.isEmpty() ? 0 : NLM_F_ACK_TLVS());
        return message(NLMSG_ERROR(), flags, sequence, message -> {
            nlmsgerr.error(message.struct(nlmsgerr.layout()), -errnoNumber);
            if (!text.isEmpty()) {
                message.putString(NLMSGERR_ATTR_MSG(), text);
            }
        });
    }

    public static byte[] done(int sequence, int flags) {
        return message(
                NLMSG_DONE(),
                flags,
                sequence,
                message -> message.struct(MemoryLayout.structLayout(ValueLayout.JAVA_INT)));
    }

    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The bytes in native memory of exactly their size: reading behind them throws. */
    public static MemorySegment inNativeMemory(Arena arena, byte[] bytes) {
        MemorySegment copy = arena.allocate(bytes.length, Long.BYTES);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy;
    }
}
