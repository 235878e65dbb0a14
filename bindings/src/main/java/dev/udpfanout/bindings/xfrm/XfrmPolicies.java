package dev.udpfanout.bindings.xfrm;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** The IPsec policies of a network namespace, over NETLINK_XFRM: net/xfrm/xfrm_user.c. */
public final class XfrmPolicies {
    /** {@code struct xfrm_userpolicy_id}, all zero: whatever there is. */
    private static final GroupLayout ANY = bytes(64);

    /** {@code struct xfrm_userpolicy_info}, which begins with {@code struct xfrm_selector}: linux/xfrm.h. */
    private static final GroupLayout INFO = bytes(168);

    private static final int PORT_OFFSET = 32;
    private static final int PORT_MASK_OFFSET = 34;
    private static final int FAMILY_OFFSET = 40;
    private static final int PREFIX_OFFSET = 42;
    private static final int PROTOCOL_OFFSET = 44;
    private static final int DIRECTION_OFFSET = 160;
    private static final int ACTION_OFFSET = 161;

    private static final int DIRECTION_IN = 0;
    private static final int DIRECTION_FORWARD = 2;
    private static final int ACTION_BLOCK = 1;
    private static final int TEMPLATES = 5;

    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private XfrmPolicies() {}

    private static GroupLayout bytes(int count) {
        return MemoryLayout.structLayout(MemoryLayout.sequenceLayout(count, ValueLayout.JAVA_BYTE));
    }

    /**
     * Those of the calling thread's network namespace that transform or block what leaves or is sent on; none on a
     * kernel without them.
     *
     * @throws SystemCallException EPERM without CAP_NET_ADMIN
     */
    public static List<XfrmPolicy> outward() {
        try (RtnetlinkSocket socket = RtnetlinkSocket.openXfrm()) {
            return socket.dump(
                    new Request(
                            RequestType.XFRM_MSG_GETPOLICY, () -> "all IPsec policies", message -> message.struct(ANY)),
                    XfrmPolicies::decode);
        } catch (SystemCallException e) {
            if (e.errno().symbol().equals("EPROTONOSUPPORT")) {
                return List.of();
            }
            throw e;
        }
    }

    private static Optional<XfrmPolicy> decode(Message message) {
        MemorySegment info = message.struct(INFO);
        int family = info.get(ValueLayout.JAVA_SHORT_UNALIGNED, FAMILY_OFFSET);
        int direction = info.get(ValueLayout.JAVA_BYTE, DIRECTION_OFFSET);
        boolean isPlain = info.get(ValueLayout.JAVA_BYTE, ACTION_OFFSET) != ACTION_BLOCK
                && message.attributes(INFO).bytes(TEMPLATES).isEmpty();
        // Beyond "forward" are those of single sockets.
        if (isPlain
                || direction == DIRECTION_IN
                || direction > DIRECTION_FORWARD
                || !InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        return Optional.of(new XfrmPolicy(
                InternetAddress.decode(family, info.asSlice(0, InternetAddress.bits(family) / Byte.SIZE)),
                Byte.toUnsignedInt(info.get(ValueLayout.JAVA_BYTE, PREFIX_OFFSET)),
                Byte.toUnsignedInt(info.get(ValueLayout.JAVA_BYTE, PROTOCOL_OFFSET)),
                Short.toUnsignedInt(info.get(NETWORK_SHORT, PORT_OFFSET)),
                Short.toUnsignedInt(info.get(NETWORK_SHORT, PORT_MASK_OFFSET))));
    }
}
