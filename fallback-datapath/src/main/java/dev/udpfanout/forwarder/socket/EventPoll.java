package dev.udpfanout.forwarder.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Tells which of many descriptors can be read, by a number given to each. It can be waited for by its own descriptor,
 * so that one registration with an event loop stands for all. A descriptor that is closed leaves by itself. One
 * thread's. Source: epoll(7).
 */
public final class EventPoll implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;

    /** struct epoll_event is packed on x86-64 alone. Source: include/uapi/linux/eventpoll.h. */
    private static final boolean IS_PACKED =
            Objects.equals(System.getProperty("os.arch"), "amd64") || "x86_64".equals(System.getProperty("os.arch"));

    private static final int EVENT_BYTES = IS_PACKED ? 12 : 16;
    private static final int NUMBER_OFFSET = IS_PACKED ? 4 : 8;

    private final int fd;
    private final int capacity;
    private final MemorySegment events;
    private final MemorySegment errno;
    private boolean closed;

    private EventPoll(int fd, int capacity, Arena arena) {
        this.fd = fd;
        this.capacity = capacity;
        this.events = arena.allocate((long) capacity * EVENT_BYTES, Long.BYTES);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
    }

    /**
     * @param capacity how many descriptors one {@link #poll()} tells of
     * @param arena to live at least as long
     */
    public static EventPoll open(int capacity, Arena arena) throws SocketException {
        try (Arena call = Arena.ofConfined()) {
            int fd = LibC.epollCreate1(call.allocate(LibC.ERRNO_STATE), EPOLL_CLOEXEC);
            if (fd < 0) {
                throw new SocketException("epoll_create1", "", -fd);
            }
            return new EventPoll(fd, capacity, arena);
        }
    }

    /** The descriptor that can be read whenever one of the others can; this object stays its owner. */
    public int fd() {
        return fd;
    }

    /** Watches a descriptor until it is closed. */
    public void add(int descriptor, int number) throws SocketException {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment event = call.allocate(EVENT_BYTES, Long.BYTES);
            event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
            event.set(ValueLayout.JAVA_INT, NUMBER_OFFSET, number);
            int result = LibC.epollCtl(call.allocate(LibC.ERRNO_STATE), fd, EPOLL_CTL_ADD, descriptor, event);
            if (result < 0) {
                throw new SocketException("epoll_ctl", "", -result);
            }
        }
    }

    /** How many descriptors can be read now, or have an error to report; 0 also if it cannot be told. Does not wait. */
    public int poll() {
        return Math.max(0, LibC.epollWait(errno, fd, events, capacity, 0));
    }

    /** The number of one of the descriptors that the last {@link #poll()} told of. */
    public int number(int index) {
        return events.get(ValueLayout.JAVA_INT, (long) index * EVENT_BYTES + NUMBER_OFFSET);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (Arena call = Arena.ofConfined()) {
            LibC.close(call.allocate(LibC.ERRNO_STATE), fd);
        }
    }
}
