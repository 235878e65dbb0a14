package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLA_F_NESTED;

import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import dev.udpfanout.bindings.generated.rtnetlink.rtattr;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes one netlink message: the header, the family's struct, then attributes. Numbers are in host byte order and
 * everything begins at a multiple of four bytes, with zeros between: netlink(7), rtnetlink(3).
 */
public final class MessageBuilder {
    /** More than any request of this package needs: the longest has a struct, two nests and a few attributes. */
    static final long CAPACITY_BYTES = 1024;

    private final MemorySegment buffer;
    private long lengthBytes;

    public MessageBuilder(Arena arena, int type, int flags, int sequence) {
        buffer = arena.allocate(CAPACITY_BYTES, Long.BYTES);
        MemorySegment header = struct(nlmsghdr.layout());
        nlmsghdr.nlmsg_type(header, (short) type);
        nlmsghdr.nlmsg_flags(header, (short) flags);
        nlmsghdr.nlmsg_seq(header, sequence);
    }

    /** Appends a struct of zeros, for the caller to fill. */
    public MemorySegment struct(GroupLayout layout) {
        return append(layout.byteSize());
    }

    public MessageBuilder put(int type, byte[] value) {
        MemorySegment attribute = append(rtattr.sizeof() + value.length);
        rtattr.rta_type(attribute, (short) type);
        rtattr.rta_len(attribute, (short) attribute.byteSize());
        MemorySegment.copy(value, 0, attribute, ValueLayout.JAVA_BYTE, rtattr.sizeof(), value.length);
        return this;
    }

    public MessageBuilder putInt(int type, int value) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Integer.BYTES]);
        bytes.set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
        return put(type, bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    /** Puts a string and the zero byte that ends it. */
    public MessageBuilder putString(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return put(type, Arrays.copyOf(text, text.length + 1));
    }

    public MessageBuilder putAddress(int type, InetAddress value) {
        return put(type, value.getAddress());
    }

    /** Puts an attribute that holds what {@code content} puts. */
    public MessageBuilder nest(int type, Consumer<MessageBuilder> content) {
        long start = lengthBytes;
        MemorySegment attribute = append(rtattr.sizeof());
        content.accept(this);
        rtattr.rta_type(attribute, (short) (type | NLA_F_NESTED()));
        rtattr.rta_len(attribute, (short) (lengthBytes - start));
        return this;
    }

    /** The message with its length filled in; belongs to the arena that was given. */
    public MemorySegment finished() {
        nlmsghdr.nlmsg_len(buffer, (int) lengthBytes);
        return buffer.asSlice(0, lengthBytes);
    }

    private MemorySegment append(long sizeBytes) {
        long end = lengthBytes + Alignment.up(sizeBytes);
        if (end > CAPACITY_BYTES) {
            throw new IllegalStateException("a netlink request of more than " + CAPACITY_BYTES + " bytes");
        }
        MemorySegment appended = buffer.asSlice(lengthBytes, sizeBytes);
        lengthBytes = end;
        return appended;
    }
}
