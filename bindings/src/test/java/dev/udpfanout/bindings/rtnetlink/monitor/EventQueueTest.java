package dev.udpfanout.bindings.rtnetlink.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class EventQueueTest {
    private final Queue<Object> socket = new ArrayDeque<>();
    private final EventQueue events = new EventQueue(this::receive);

    @Test
    void shouldHaveOneEventForEachMessageWhenADatagramHasSeveral() {
        socket.add(NetlinkBytes.joined(NetlinkBytes.link(0, 0, 1, "a"), NetlinkBytes.link(0, 0, 2, "b")));
        events.receive();
        assertEquals(
                "a", assertInstanceOf(Event.LinkChanged.class, next()).link().name());
        assertEquals(
                "b", assertInstanceOf(Event.LinkChanged.class, next()).link().name());
        assertTrue(events.isEmpty());
    }

    @Test
    void shouldDropWhatIsOlderThanTheLossWhenTheKernelLostEvents() {
        socket.add(Errno.ENOBUFS);
        socket.add(NetlinkBytes.link(0, 0, 1, "old"));
        socket.add(Errno.ENOBUFS);
        socket.add(NetlinkBytes.link(0, 0, 2, "old"));
        events.receive();
        assertInstanceOf(Event.Overrun.class, next());
        assertTrue(events.isEmpty());
        assertTrue(socket.isEmpty());
    }

    @Test
    void shouldReportALossWhenAMessageIsMalformed() {
        socket.add(NetlinkBytes.joined(NetlinkBytes.link(0, 0, 1, "a"), new byte[] {1}));
        events.receive();
        assertInstanceOf(Event.Overrun.class, next());
    }

    @Test
    void shouldReportALossWhenANotificationIsCutOff() {
        socket.add(new byte[(int) NetlinkDescriptor.RECEIVE_BUFFER_BYTES + 4]);
        events.receive();
        assertInstanceOf(Event.Overrun.class, next());
    }

    @Test
    void shouldHaveNoEventWhenNobodyAsksForTheMessage() {
        socket.add(NetlinkBytes.message(9999, 0, 0, message -> {}));
        events.receive();
        assertEquals(Optional.empty(), events.poll());
    }

    @Test
    void shouldPassOnTheErrorWhenItIsNotALoss() {
        socket.add(Errno.EINVAL);
        assertThrows(SystemCallException.class, events::receive);
    }

    private Event next() {
        return events.poll().orElseThrow();
    }

    private OptionalLong receive(MemorySegment buffer) {
        Object next = socket.poll();
        if (next instanceof Errno errno) {
            throw new SystemCallException("recv", "netlink socket", errno);
        }
        if (next instanceof byte[] bytes) {
            int copied = (int) Math.min(bytes.length, buffer.byteSize());
            MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, copied);
            return OptionalLong.of(bytes.length);
        }
        return OptionalLong.empty();
    }
}
