package dev.udpfanout.bindings.rtnetlink.monitor;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Function;

/** Decoded events that wait for the reader. What cannot be had or understood becomes an {@link Event.Overrun}. */
final class EventQueue {
    /** Ends the draining of a socket into which events come faster than they are read. */
    private static final int MAX_DRAINED_DATAGRAMS = 65_536;

    private final Function<MemorySegment, OptionalLong> receiver;
    private final Queue<Event> events = new ArrayDeque<>();

    /** @param receiver as {@link NetlinkDescriptor#receiveNow} */
    EventQueue(Function<MemorySegment, OptionalLong> receiver) {
        this.receiver = receiver;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    Optional<Event> poll() {
        return Optional.ofNullable(events.poll());
    }

    /** Takes one datagram from the socket, if there is one. */
    void receive() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(NetlinkDescriptor.RECEIVE_BUFFER_BYTES, Long.BYTES);
            try {
                OptionalLong received = receiver.apply(buffer);
                if (received.isPresent()) {
                    decode(buffer, received.getAsLong());
                }
            } catch (SystemCallException e) {
                if (!e.errno().equals(Errno.ENOBUFS)) {
                    throw e;
                }
                drain(buffer);
                events.add(new Event.Overrun(e.getMessage()));
            }
        }
    }

    private void decode(MemorySegment buffer, long lengthBytes) {
        if (lengthBytes > buffer.byteSize()) {
            events.add(
                    new Event.Overrun("a notification of " + lengthBytes + " bytes, cut off at " + buffer.byteSize()));
            return;
        }
        try {
            for (Message message : Message.parse(buffer.asSlice(0, lengthBytes))) {
                EventDecoder.decode(message).ifPresent(events::add);
            }
        } catch (MalformedMessageException e) {
            events.add(new Event.Overrun(e.getMessage()));
        }
    }

    /** Throws away what is older than the loss: after the reader has listed anew, it would be news from the past. */
    private void drain(MemorySegment buffer) {
        for (int i = 0; i < MAX_DRAINED_DATAGRAMS; i++) {
            try {
                if (receiver.apply(buffer).isEmpty()) {
                    return;
                }
            } catch (SystemCallException e) {
                if (!e.errno().equals(Errno.ENOBUFS)) {
                    throw e;
                }
            }
        }
    }
}
