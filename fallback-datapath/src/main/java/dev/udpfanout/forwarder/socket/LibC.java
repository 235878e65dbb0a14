package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C functions in use, as the C library has them. A call returns what C returns, or {@code -errno} (a negative
 * number) where C returns -1; none throws. Every call needs a segment of {@link #ERRNO_STATE} for the JVM to save errno
 * in: the caller owns one, so that a call allocates nothing.
 */
public final class LibC {
    /** What the {@code errno} argument of each method here must be a segment of. */
    public static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = intFunction("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = intFunction("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = intFunction("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = intFunction("getsockname", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            intFunction("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            intFunction("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = intFunction("close", JAVA_INT);
    private static final MethodHandle RECVMMSG =
            intFunction("recvmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle SENDMMSG = intFunction("sendmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE1 = intFunction("epoll_create1", JAVA_INT);
    private static final MethodHandle EPOLL_CTL = intFunction("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = intFunction("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle SCHED_SETAFFINITY =
            intFunction("sched_setaffinity", JAVA_INT, JAVA_LONG, ADDRESS);

    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = intFunction("munmap", ADDRESS, JAVA_LONG);

    private LibC() {}

    /** socket(2): a new descriptor. */
    public static int socket(MemorySegment errno, int family, int type, int protocol) {
        try {
            return result(errno, (int) SOCKET.invokeExact(errno, family, type, protocol));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** bind(2). */
    public static int bind(MemorySegment errno, int fd, MemorySegment address) {
        try {
            return result(errno, (int) BIND.invokeExact(errno, fd, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** connect(2). */
    public static int connect(MemorySegment errno, int fd, MemorySegment address) {
        try {
            return result(errno, (int) CONNECT.invokeExact(errno, fd, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** getsockname(2). */
    public static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment lengthInOut) {
        try {
            return result(errno, (int) GETSOCKNAME.invokeExact(errno, fd, address, lengthInOut));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** setsockopt(2). */
    public static int setsockopt(MemorySegment errno, int fd, int level, int option, MemorySegment value) {
        try {
            return result(errno, (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, (int) value.byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** getsockopt(2). */
    public static int getsockopt(
            MemorySegment errno, int fd, int level, int option, MemorySegment value, MemorySegment lengthInOut) {
        try {
            return result(errno, (int) GETSOCKOPT.invokeExact(errno, fd, level, option, value, lengthInOut));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** close(2). */
    public static int close(MemorySegment errno, int fd) {
        try {
            return result(errno, (int) CLOSE.invokeExact(errno, fd));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** recvmmsg(2) without a timeout: how many of the {@code count} message headers were filled. */
    public static int recvmmsg(MemorySegment errno, int fd, MemorySegment headers, int count, int flags) {
        try {
            return result(errno, (int) RECVMMSG.invokeExact(errno, fd, headers, count, flags, MemorySegment.NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sendmmsg(2): how many of the {@code count} messages were sent; an error only if it hit the first of them. */
    public static int sendmmsg(MemorySegment errno, int fd, MemorySegment headers, int count, int flags) {
        try {
            return result(errno, (int) SENDMMSG.invokeExact(errno, fd, headers, count, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** epoll_create1(2): a new descriptor. */
    public static int epollCreate1(MemorySegment errno, int flags) {
        try {
            return result(errno, (int) EPOLL_CREATE1.invokeExact(errno, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** epoll_ctl(2). */
    public static int epollCtl(MemorySegment errno, int epoll, int operation, int fd, MemorySegment event) {
        try {
            return result(errno, (int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** epoll_wait(2): how many of the {@code count} events were filled. */
    public static int epollWait(MemorySegment errno, int epoll, MemorySegment events, int count, int timeoutMs) {
        try {
            return result(errno, (int) EPOLL_WAIT.invokeExact(errno, epoll, events, count, timeoutMs));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_setaffinity(2) of the calling thread. */
    public static int schedSetAffinity(MemorySegment errno, MemorySegment cpuMask) {
        try {
            return result(errno, (int) SCHED_SETAFFINITY.invokeExact(errno, 0, cpuMask.byteSize(), cpuMask));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** mmap(2) without a file: the address, or {@code -errno} in its place. */
    public static MemorySegment mmapAnonymous(MemorySegment errno, long bytes, int protection, int flags) {
        try {
            MemorySegment mapped =
                    (MemorySegment) MMAP.invokeExact(errno, MemorySegment.NULL, bytes, protection, flags, -1, 0L);
            return mapped.address() == -1 ? MemorySegment.ofAddress(-(int) ERRNO.get(errno, 0L)) : mapped;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** munmap(2). */
    public static int munmap(MemorySegment errno, MemorySegment mapped, long bytes) {
        try {
            return result(errno, (int) MUNMAP.invokeExact(errno, mapped, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(MemorySegment errno, int returned) {
        return returned >= 0 ? returned : -(int) ERRNO.get(errno, 0L);
    }

    private static MethodHandle intFunction(String name, MemoryLayout... arguments) {
        return function(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        MemorySegment address = Linker.nativeLinker()
                .defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return Linker.nativeLinker().downcallHandle(address, type, Linker.Option.captureCallState("errno"));
    }

    private static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
