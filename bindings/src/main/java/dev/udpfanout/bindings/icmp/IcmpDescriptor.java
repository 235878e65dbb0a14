package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_CLOEXEC;
import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_NONBLOCK;
import static dev.udpfanout.bindings.generated.libc.Libc.SOL_SOCKET;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_RCVBUF;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_RCVBUFFORCE;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** Owns the file descriptor of one non-blocking ICMP socket, in the network namespace of the thread that made it. */
final class IcmpDescriptor implements AutoCloseable {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle SETSOCKOPT =
            ErrnoCapture.handle(Libc.setsockopt$address(), Libc.setsockopt$descriptor());
    private static final MethodHandle SENDTO = ErrnoCapture.handle(Libc.sendto$address(), Libc.sendto$descriptor());
    private static final MethodHandle RECVMSG = ErrnoCapture.handle(Libc.recvmsg$address(), Libc.recvmsg$descriptor());

    /** Room for the replies to a burst of 10,000 requests, at some 700 bytes each in the kernel's accounting. */
    private static final int RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

    private final int fd;
    private boolean closed;

    private IcmpDescriptor(int fd) {
        this.fd = fd;
    }

    static IcmpDescriptor open(IcmpFamily family, SocketKind kind) {
        IcmpDescriptor descriptor = new IcmpDescriptor(socket(family, kind));
        try {
            IcmpFamily.Errors errors = family.errors();
            descriptor.require(errors.level(), errors.option(), "RECVERR", 1);
            if (kind == SocketKind.RAW) {
                IcmpFamily.Filter filter = family.filter();
                descriptor.require(filter.level(), filter.option(), "ICMP filter", filter.words());
            }
            // Forced needs CAP_NET_ADMIN; what net.core.rmem_max allows is better than nothing.
            if (descriptor.setOption(SOL_SOCKET(), SO_RCVBUFFORCE(), RECEIVE_BUFFER_BYTES) != 0) {
                descriptor.setOption(SOL_SOCKET(), SO_RCVBUF(), RECEIVE_BUFFER_BYTES);
            }
            return descriptor;
        } catch (Throwable e) {
            descriptor.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    int number() {
        return fd;
    }

    /** Sends one message; the errno is 0 for success. */
    Errno send(MemorySegment message, MemorySegment destination) {
        try {
            long sent = (long)
                    SENDTO.invokeExact(ErrnoCapture.state(), fd, message, message.byteSize(), 0, destination, (int)
                            destination.byteSize());
            return sent < 0 ? ErrnoCapture.errno() : new Errno(0);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Receives into a {@code struct msghdr}: the number of bytes, or -1, and then errno says why. */
    long receive(MemorySegment messageHeader, int flags) {
        try {
            return (long) RECVMSG.invokeExact(ErrnoCapture.state(), fd, messageHeader, flags);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(fd);
        }
    }

    private static int socket(IcmpFamily family, SocketKind kind) {
        try {
            int fd = (int) SOCKET.invokeExact(
                    ErrnoCapture.state(),
                    family.domain().family(),
                    kind.type() | SOCK_CLOEXEC() | SOCK_NONBLOCK(),
                    family.domain().protocol());
            if (fd < 0) {
                throw new SystemCallException(
                        "socket",
                        kind.name().toLowerCase(Locale.ROOT) + (family == IcmpFamily.V4 ? " ICMP" : " ICMPv6"),
                        ErrnoCapture.errno(),
                        kind.need());
            }
            return fd;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private void require(int level, int option, String name, int... words) {
        if (setOption(level, option, words) != 0) {
            throw new SystemCallException("setsockopt", name, ErrnoCapture.errno());
        }
    }

    private int setOption(int level, int option, int... words) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(ValueLayout.JAVA_INT, words);
            return (int)
                    SETSOCKOPT.invokeExact(ErrnoCapture.state(), fd, level, option, pointer, (int) pointer.byteSize());
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }
}
