package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_NETLINK;
import static dev.udpfanout.bindings.generated.libc.Libc.MSG_DONTWAIT;
import static dev.udpfanout.bindings.generated.libc.Libc.MSG_TRUNC;
import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_CLOEXEC;
import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_RAW;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_ROUTE;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.rtnetlink.sockaddr_nl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalLong;

/**
 * Owns the file descriptor of one netlink socket, in the network namespace of the thread that made it: netlink(7). Not
 * for concurrent use; its owner makes sure that nobody closes it while another thread uses it.
 */
public final class NetlinkDescriptor implements AutoCloseable {
    /**
     * Bytes of a receive buffer: the kernel fills at most 32 KiB at a time (netlink_dump in net/netlink/af_netlink.c).
     */
    public static final long RECEIVE_BUFFER_BYTES = 64 * 1024;

    private static final String SUBJECT = "netlink socket";
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle CONNECT = ErrnoCapture.handle(Libc.connect$address(), Libc.connect$descriptor());
    private static final MethodHandle SETSOCKOPT =
            ErrnoCapture.handle(Libc.setsockopt$address(), Libc.setsockopt$descriptor());
    private static final MethodHandle SEND = ErrnoCapture.handle(Libc.send$address(), Libc.send$descriptor());
    private static final MethodHandle RECV = ErrnoCapture.handle(Libc.recv$address(), Libc.recv$descriptor());

    private final int fd;
    private boolean closed;

    private NetlinkDescriptor(int fd) {
        this.fd = fd;
    }

    /** A NETLINK_ROUTE socket. */
    public static NetlinkDescriptor open() {
        return open(NETLINK_ROUTE());
    }

    /**
     * @param protocol NETLINK_*
     * @throws SystemCallException if the kernel makes no socket, with EPROTONOSUPPORT if it does not have the protocol
     */
    public static NetlinkDescriptor open(int protocol) {
        NetlinkDescriptor descriptor = new NetlinkDescriptor(socket(protocol));
        try {
            descriptor.connectToKernel();
            return descriptor;
        } catch (Throwable e) {
            descriptor.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    public int number() {
        return fd;
    }

    /** @throws SystemCallException if the kernel refuses, with ENOPROTOOPT if it does not know the option */
    public void setOption(int level, int option, int value) {
        Errno errno = trySetOption(level, option, value);
        if (errno.number() != 0) {
            throw new SystemCallException("setsockopt", SUBJECT + " option " + level + "/" + option, errno);
        }
    }

    /** As {@link #setOption}, with an answer in place of an exception; 0 for success. */
    public Errno trySetOption(int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            int result = (int)
                    SETSOCKOPT.invokeExact(ErrnoCapture.state(), fd, level, option, pointer, (int) pointer.byteSize());
            return result == 0 ? new Errno(0) : ErrnoCapture.errno();
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    public void send(MemorySegment message) {
        try {
            long sent = (long) SEND.invokeExact(ErrnoCapture.state(), fd, message, message.byteSize(), 0);
            if (sent != message.byteSize()) {
                throw new SystemCallException("send", SUBJECT, ErrnoCapture.errno());
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** One datagram if there is one: its whole length, even where the buffer is shorter. Never blocks. */
    public OptionalLong receiveNow(MemorySegment buffer) {
        try {
            int flags = MSG_DONTWAIT() | MSG_TRUNC();
            long received = (long) RECV.invokeExact(ErrnoCapture.state(), fd, buffer, buffer.byteSize(), flags);
            if (received >= 0) {
                return OptionalLong.of(received);
            }
            Errno errno = ErrnoCapture.errno();
            if (errno.equals(Errno.EAGAIN) || errno.equals(Errno.EINTR)) {
                return OptionalLong.empty();
            }
            throw new SystemCallException("recv", SUBJECT, errno);
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

    private static int socket(int protocol) {
        try {
            int fd =
                    (int) SOCKET.invokeExact(ErrnoCapture.state(), AF_NETLINK(), SOCK_RAW() | SOCK_CLOEXEC(), protocol);
            if (fd < 0) {
                throw new SystemCallException("socket", "netlink protocol " + protocol, ErrnoCapture.errno());
            }
            return fd;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** From then on no other process can send to this socket: netlink_getsockbyportid in net/netlink/af_netlink.c. */
    private void connectToKernel() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kernel = sockaddr_nl.allocate(arena);
            sockaddr_nl.nl_family(kernel, (short) AF_NETLINK());
            int result = (int) CONNECT.invokeExact(ErrnoCapture.state(), fd, kernel, (int) kernel.byteSize());
            if (result != 0) {
                throw new SystemCallException("connect", SUBJECT, ErrnoCapture.errno());
            }
        }
    }
}
