package dev.udpfanout.bindings.rtnetlink.netlink;

import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One received netlink message.
 *
 * @param type nlmsg_type
 * @param flags nlmsg_flags
 * @param sequence nlmsg_seq: that of the request it answers, 0 for a notification
 * @param payload what follows the header; a view of the receive buffer, valid until the next receive
 */
public record Message(int type, int flags, int sequence, MemorySegment payload) {
    /**
     * Splits a datagram into its messages.
     *
     * @param datagram begins at a multiple of four bytes
     * @throws MalformedMessageException if a header is cut short, or gives a length that the datagram does not have
     */
    public static List<Message> parse(MemorySegment datagram) {
        List<Message> messages = new ArrayList<>();
        long offset = 0;
        while (offset < datagram.byteSize()) {
            MemorySegment rest = datagram.asSlice(offset);
            if (rest.byteSize() < nlmsghdr.sizeof()) {
                throw new MalformedMessageException(
                        "a message header is cut short: " + rest.byteSize() + " bytes at byte " + offset);
            }
            long lengthBytes = Integer.toUnsignedLong(nlmsghdr.nlmsg_len(rest));
            if (lengthBytes < nlmsghdr.sizeof() || lengthBytes > rest.byteSize()) {
                throw new MalformedMessageException("a message at byte " + offset + " says it has " + lengthBytes
                        + " bytes; there are " + rest.byteSize());
            }
            messages.add(new Message(
                    Short.toUnsignedInt(nlmsghdr.nlmsg_type(rest)),
                    Short.toUnsignedInt(nlmsghdr.nlmsg_flags(rest)),
                    nlmsghdr.nlmsg_seq(rest),
                    rest.asSlice(nlmsghdr.sizeof(), lengthBytes - nlmsghdr.sizeof())));
            offset += Alignment.up(lengthBytes);
        }
        return messages;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The struct that the payload begins with. */
    public MemorySegment struct(GroupLayout layout) {
        if (payload.byteSize() < layout.byteSize()) {
            throw new MalformedMessageException("a message of type " + type + " has " + payload.byteSize() + " bytes; "
                    + layout.name().orElse("its struct") + " needs " + layout.byteSize());
        }
        return payload.asSlice(0, layout.byteSize());
    }

    /** The attributes behind that struct. */
    public Attributes attributes(GroupLayout layout) {
        struct(layout);
        return Attributes.parse(payload.asSlice(Math.min(Alignment.up(layout.byteSize()), payload.byteSize())));
    }
}
