package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSGERR_ATTR_MSG;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_DONE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_ACK_TLVS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CAPPED;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsgerr;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the kernel ends the answer to a request: NLMSG_ERROR, or NLMSG_DONE after a dump. Source: netlink(7) and
 * Documentation/userspace-api/netlink/intro.rst.
 *
 * @param errno 0 for success
 * @param text the kernel's own words (NETLINK_EXT_ACK); often empty
 */
public record Acknowledgement(Errno errno, String text) {
    public static Acknowledgement decode(Message message) {
        boolean done = message.type() == NLMSG_DONE();
        if (done && message.payload().byteSize() < Integer.BYTES) {
            return new Acknowledgement(new Errno(0), "");
        }
        MemorySegment payload = done ? message.payload() : message.struct(nlmsgerr.layout());
        int negated = payload.get(ValueLayout.JAVA_INT, 0);
        // What follows success is at most a warning, and a dump may end with the positive length of its last part.
        return negated >= 0 && (done || negated == 0)
                ? new Acknowledgement(new Errno(0), "")
                : new Acknowledgement(new Errno(-negated), text(message, done));
    }

    public boolean isSuccess() {
        return errno.number() == 0;
    }

    private static String text(Message message, boolean done) {
        if (!message.has(NLM_F_ACK_TLVS())) {
            return "";
        }
        long start = done ? Integer.BYTES : Alignment.up(nlmsgerr.sizeof() + echoedPayloadBytes(message));
        if (start > message.payload().byteSize()) {
            throw new MalformedMessageException(
                    "the attributes of an error begin at byte " + start + ", behind its end");
        }
        return Attributes.parse(message.payload().asSlice(start))
                .string(NLMSGERR_ATTR_MSG())
                .orElse("");
    }

    /** How much of the refused request stands in the error, behind the request's header. */
    private static long echoedPayloadBytes(Message message) {
        if (message.has(NLM_F_CAPPED())) {
            return 0;
        }
        MemorySegment request = nlmsgerr.msg(message.struct(nlmsgerr.layout()));
        return Math.max(0, Integer.toUnsignedLong(nlmsghdr.nlmsg_len(request)) - nlmsghdr.sizeof());
    }
}
