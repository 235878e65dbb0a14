package dev.udpfanout.bindings.xtables;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock that iptables(8) holds with {@code -w} while it changes tables: flock(2) on a file of the host. Source:
 * xtables_lock of iptables/xshared.c. The file stays when the lock is let go, as iptables leaves it.
 */
public final class XtablesLock implements AutoCloseable {
    /** XT_LOCK_NAME of iptables/xshared.h. */
    public static final String FILE = "/run/xtables.lock";

    private static final MethodHandle OPEN = ErrnoCapture.variadicHandle(
            Libc.open.address(), FunctionDescriptor.of(JAVA_INT, ValueLayout.ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle FLOCK = ErrnoCapture.handle(
            Linker.nativeLinker().defaultLookup().find("flock").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    /** Of fcntl.h and sys/file.h. */
    private static final int O_CREAT = 0100;

    private static final int LOCK_EX_NB = 2 | 4;
    private static final int OWNER_READS_AND_WRITES = 0600;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private int fd;

    private XtablesLock(int fd) {
        this.fd = fd;
    }

    /**
     * Waits until nobody else holds the lock, and takes it.
     *
     * @param file made if it is not there; its folder must be
     * @param limit the longest wait; zero for one try
     * @throws SystemCallException if the file cannot be opened, or (EAGAIN) if somebody else holds the lock all the
     *     time
     */
    public static XtablesLock acquire(Path file, Duration limit) {
        int fd = open(file);
        try {
            long deadlineNanos = System.nanoTime() + limit.toNanos();
            while (true) {
                if ((int) FLOCK.invokeExact(ErrnoCapture.state(), fd, LOCK_EX_NB) == 0) {
                    return new XtablesLock(fd);
                }
                Errno errno = ErrnoCapture.errno();
                if (!errno.equals(Errno.EAGAIN) && !errno.equals(Errno.EINTR)) {
                    throw new SystemCallException("flock", file.toString(), errno);
                }
                if (System.nanoTime() - deadlineNanos >= 0
                        || Thread.currentThread().isInterrupted()) {
                    throw new SystemCallException("flock", file.toString(), errno, "another process holds the lock");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Throwable e) {
            Libc.close(fd);
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static int open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(
                    ErrnoCapture.state(),
                    arena.allocateFrom(file.toString()),
                    O_CREAT | Libc.O_CLOEXEC(),
                    OWNER_READS_AND_WRITES);
            if (fd < 0) {
                throw new SystemCallException("open", file.toString(), ErrnoCapture.errno(), "the lock of iptables");
            }
            return fd;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Lets go of the lock. */
    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }
}
