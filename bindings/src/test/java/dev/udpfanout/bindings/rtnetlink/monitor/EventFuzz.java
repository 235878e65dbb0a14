package dev.udpfanout.bindings.rtnetlink.monitor;

import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

/**
 * A target of {@code make fuzz}: what the kernel tells of changes. Whatever the bytes, they are decoded or refused with
 * {@link MalformedMessageException}; they lie in native memory of exactly their size.
 */
public final class EventFuzz {
    private static final List<Integer> TYPES = MalformedBytesPropertyTest.TYPES;

    private EventFuzz() {}

    /** Tries one input: a type and the payload of a message of it, or, with no type of ours, bare bytes. */
    public static void fuzzerTestOneInput(byte[] input) {
        int type = input.length == 0 ? TYPES.size() : Byte.toUnsignedInt(input[0]);
        byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        byte[] bytes = type < TYPES.size() ? NetlinkBytes.withPayload(TYPES.get(type), 1, rest) : rest;
        try (Arena arena = Arena.ofConfined()) {
            for (Message message : Message.parse(NetlinkBytes.inNativeMemory(arena, bytes))) {
                MalformedBytesPropertyTest.decode(message);
            }
        } catch (MalformedMessageException e) {
            // Refused.
        }
    }
}
