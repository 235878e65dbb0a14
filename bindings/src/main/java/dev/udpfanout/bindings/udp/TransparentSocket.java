package dev.udpfanout.bindings.udp;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import dev.udpfanout.bindings.generated.libc.sockaddr_in6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A UDP socket that sends with another host's address and port: IP_TRANSPARENT of ip(7), which needs CAP_NET_ADMIN. It
 * belongs to the network namespace of the thread that opened it. Not to be shared by threads.
 */
public final class TransparentSocket implements AutoCloseable {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle SETSOCKOPT =
            ErrnoCapture.handle(Libc.setsockopt$address(), Libc.setsockopt$descriptor());
    private static final MethodHandle BIND = ErrnoCapture.handle(Libc.bind$address(), Libc.bind$descriptor());
    private static final MethodHandle SENDTO = ErrnoCapture.handle(Libc.sendto$address(), Libc.sendto$descriptor());

    /** Source: include/uapi/linux/in.h and in6.h. */
    private static final int IP_MTU_DISCOVER = 10;

    private static final int IP_TRANSPARENT = 19;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_TRANSPARENT = 75;
    /**
     * IP_PMTUDISC_DONT and IPV6_PMTUDISC_DONT: what does not fit the way is cut, since its source learns nothing of us.
     */
    private static final int PMTUDISC_DONT = 0;

    private final int fd;
    private boolean isClosed;

    private TransparentSocket(int fd) {
        this.fd = fd;
    }

    /**
     * Opens one that sends from there.
     *
     * @param source resolved; no socket of this namespace may be bound to it
     * @throws SystemCallException for example EPERM (needs CAP_NET_ADMIN), or EADDRINUSE
     */
    public static TransparentSocket from(InetSocketAddress source) {
        boolean isIpv6 = source.getAddress() instanceof Inet6Address;
        TransparentSocket socket = new TransparentSocket(open(isIpv6));
        try {
            if (isIpv6) {
                socket.set(Libc.IPPROTO_IPV6(), IPV6_TRANSPARENT, "IPV6_TRANSPARENT", 1);
                socket.set(Libc.IPPROTO_IPV6(), IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER", PMTUDISC_DONT);
            } else {
                socket.set(Libc.IPPROTO_IP(), IP_TRANSPARENT, "IP_TRANSPARENT", 1);
                socket.set(Libc.IPPROTO_IP(), IP_MTU_DISCOVER, "IP_MTU_DISCOVER", PMTUDISC_DONT);
            }
            socket.bind(source);
            return socket;
        } catch (Throwable e) {
            socket.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static int open(boolean isIpv6) {
        try {
            int type = Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC() | Libc.SOCK_NONBLOCK();
            int fd = (int) SOCKET.invokeExact(ErrnoCapture.state(), isIpv6 ? Libc.AF_INET6() : Libc.AF_INET(), type, 0);
            if (fd < 0) {
                throw new SystemCallException("socket", "UDP", ErrnoCapture.errno());
            }
            return fd;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private void set(int level, int option, String name, int value) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            if ((int) SETSOCKOPT.invokeExact(ErrnoCapture.state(), fd, level, option, pointer, Integer.BYTES) != 0) {
                throw new SystemCallException("setsockopt", name, ErrnoCapture.errno());
            }
        }
    }

    private void bind(InetSocketAddress source) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(source, arena);
            if ((int) BIND.invokeExact(ErrnoCapture.state(), fd, address, (int) address.byteSize()) != 0) {
                throw new SystemCallException("bind", source.toString(), ErrnoCapture.errno());
            }
        }
    }

    /**
     * Sends a datagram, without waiting for room in the socket's buffer.
     *
     * @param target of the source's family
     * @return why it was not sent; empty errno 0 if it was
     */
    public Errno send(byte[] payload, InetSocketAddress target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(target, arena);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, payload);
            long sent = (long) SENDTO.invokeExact(
                    ErrnoCapture.state(), fd, bytes, bytes.byteSize(), 0, address, (int) address.byteSize());
            return sent < 0 ? ErrnoCapture.errno() : new Errno(0);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static MemorySegment address(InetSocketAddress of, Arena arena) {
        InetAddress host = of.getAddress();
        boolean isIpv6 = host instanceof Inet6Address;
        MemorySegment struct = arena.allocate(isIpv6 ? sockaddr_in6.layout() : sockaddr_in.layout());
        // Family and port lie in both structures at the same place.
        sockaddr_in.sin_family(struct, (short) (isIpv6 ? Libc.AF_INET6() : Libc.AF_INET()));
        sockaddr_in.sin_port(struct, Short.reverseBytes((short) of.getPort()));
        byte[] bytes = host.getAddress();
        MemorySegment to = isIpv6 ? sockaddr_in6.sin6_addr(struct) : sockaddr_in.sin_addr(struct);
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (host instanceof Inet6Address scoped) {
            sockaddr_in6.sin6_scope_id(struct, scoped.getScopeId());
        }
        return struct;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            Libc.close(fd);
        }
    }
}
