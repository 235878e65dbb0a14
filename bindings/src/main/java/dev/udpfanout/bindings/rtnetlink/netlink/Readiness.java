package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.libc.Libc.POLLIN;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.pollfd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/** Waits until one of some file descriptors can be read: poll(2). */
public final class Readiness {
    private static final MethodHandle POLL = ErrnoCapture.handle(Libc.poll$address(), Libc.poll$descriptor());
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Readiness() {}

    /**
     * Blocks until a descriptor has data or an error to report.
     *
     * @param timeoutNanos at most so long; 0 or less only looks
     * @return false if the time was up first
     */
    public static boolean await(long timeoutNanos, int... descriptors) {
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polled = pollfd.allocateArray(descriptors.length, arena);
            for (int i = 0; i < descriptors.length; i++) {
                MemorySegment entry = pollfd.asSlice(polled, i);
                pollfd.fd(entry, descriptors[i]);
                pollfd.events(entry, (short) POLLIN());
            }
            while (true) {
                int timeoutMillis = millisRoundedUp(deadlineNanos - System.nanoTime());
                int ready =
                        (int) POLL.invokeExact(ErrnoCapture.state(), polled, (long) descriptors.length, timeoutMillis);
                if (ready >= 0) {
                    return ready > 0;
                }
                Errno errno = ErrnoCapture.errno();
                if (!errno.equals(Errno.EINTR)) {
                    throw new SystemCallException("poll", "netlink socket", errno);
                }
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static int millisRoundedUp(long nanos) {
        // Rounding down would spin through the last millisecond.
        return nanos <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (nanos - 1) / NANOS_PER_MILLI + 1);
    }
}
