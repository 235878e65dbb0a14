package dev.udpfanout.bindings.conntrack;

import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import java.lang.foreign.Arena;

/**
 * A target of {@code make fuzz}: entries of connection tracking. Whatever the bytes, they are decoded or refused with
 * {@link MalformedMessageException}; they lie in native memory of exactly their size.
 */
public final class TrackedFlowFuzz {
    /** NFNL_SUBSYS_CTNETLINK and IPCTNL_MSG_CT_NEW of linux/netfilter/nfnetlink.h. */
    private static final int NEW_ENTRY = 1 << 8;

    private TrackedFlowFuzz() {}

    /** Tries one input, the payload of a message. */
    public static void fuzzerTestOneInput(byte[] payload) {
        byte[] bytes = NetlinkBytes.withPayload(NEW_ENTRY, 1, payload);
        try (Arena arena = Arena.ofConfined()) {
            for (Message message : Message.parse(NetlinkBytes.inNativeMemory(arena, bytes))) {
                TrackedFlowDecoder.decode(message);
            }
        } catch (MalformedMessageException e) {
            // Refused.
        }
    }
}
