package dev.udpfanout.bindings.rtnetlink.monitor;

import static dev.udpfanout.bindings.generated.libc.Libc.EFD_CLOEXEC;
import static dev.udpfanout.bindings.generated.libc.Libc.EFD_NONBLOCK;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A descriptor that becomes readable when another thread says so, and stays so: eventfd(2). */
public final class WakeUp implements AutoCloseable {
    private static final MethodHandle EVENTFD = ErrnoCapture.handle(Libc.eventfd$address(), Libc.eventfd$descriptor());

    private final int fd;
    private boolean closed;

    private WakeUp(int fd) {
        this.fd = fd;
    }

    public static WakeUp open() {
        try {
            int fd = (int) EVENTFD.invokeExact(ErrnoCapture.state(), 0, EFD_CLOEXEC() | EFD_NONBLOCK());
            if (fd < 0) {
                throw new SystemCallException("eventfd", "", ErrnoCapture.errno());
            }
            return new WakeUp(fd);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** The descriptor, for poll(2). */
    public int number() {
        return fd;
    }

    /** Makes it readable, for good; any thread may. */
    public void signal() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
            // Fails only if the counter is full, and then the descriptor is readable anyway.
            Libc.write(fd, one, one.byteSize());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(fd);
        }
    }
}
