package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.EFD_CLOEXEC;
import static dev.udpfanout.bindings.generated.libc.Libc.EFD_NONBLOCK;
import static dev.udpfanout.bindings.generated.libc.Libc.POLLIN;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.pollfd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Waits for any of some descriptors, or for another thread that says so: poll(2) and eventfd(2). */
final class Wakeable implements AutoCloseable {
    private static final MethodHandle EVENTFD = ErrnoCapture.handle(Libc.eventfd$address(), Libc.eventfd$descriptor());
    private static final MethodHandle POLL = ErrnoCapture.handle(Libc.poll$address(), Libc.poll$descriptor());
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int wakeFd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment polled;
    private final int count;
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
    private final MemorySegment wakeUps = arena.allocate(ValueLayout.JAVA_LONG);
    private final AtomicBoolean woken = new AtomicBoolean();

    private Wakeable(int[] fds, int wakeFd) {
        this.wakeFd = wakeFd;
        this.count = fds.length + 1;
        this.polled = pollfd.allocateArray(count, arena);
        watch(0, wakeFd);
        for (int i = 0; i < fds.length; i++) {
            watch(1 + i, fds[i]);
        }
    }

    /** @param fds waited for, and left open at the end */
    static Wakeable around(int[] fds) {
        try {
            int wakeFd = (int) EVENTFD.invokeExact(ErrnoCapture.state(), 0, EFD_CLOEXEC() | EFD_NONBLOCK());
            if (wakeFd < 0) {
                throw new SystemCallException("eventfd", "", ErrnoCapture.errno());
            }
            return new Wakeable(fds, wakeFd);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** May return early, and does if a signal comes: whoever waits looks at what it waits for anyway. */
    void await(Duration timeout) {
        // Rounding down would spin through the last millisecond.
        long millis = (Math.max(0, timeout.toNanos()) + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        try {
            int ready = (int) POLL.invokeExact(
                    ErrnoCapture.state(), polled, (long) count, (int) Math.min(Integer.MAX_VALUE, millis));
            if (ready < 0 && !ErrnoCapture.errno().equals(Errno.EINTR)) {
                throw new SystemCallException("poll", "ICMP socket", ErrnoCapture.errno());
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
        if (pollfd.revents(pollfd.asSlice(polled, 0)) != 0) {
            Libc.read(wakeFd, wakeUps, wakeUps.byteSize());
            // After the read: whoever wakes between the two is served by this very return.
            woken.set(false);
        }
    }

    void wakeUp() {
        if (!woken.getAndSet(true)) {
            Libc.write(wakeFd, one, one.byteSize());
        }
    }

    @Override
    public void close() {
        Libc.close(wakeFd);
        arena.close();
    }

    private void watch(int index, int fd) {
        MemorySegment entry = pollfd.asSlice(polled, index);
        pollfd.fd(entry, fd);
        pollfd.events(entry, (short) POLLIN());
    }
}
