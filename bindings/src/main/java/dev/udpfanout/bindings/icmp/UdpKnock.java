package dev.udpfanout.bindings.icmp;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import dev.udpfanout.bindings.generated.libc.sockaddr_in6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An empty datagram to one UDP port, to learn whether anybody listens there: a host without a socket answers with ICMP
 * port unreachable (RFC 1122, section 4.1.3.1), of which the kernel tells a connected socket (udp(7)). The JDK's
 * channels send no empty datagrams when they are connected.
 */
public final class UdpKnock implements AutoCloseable {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle CONNECT = ErrnoCapture.handle(Libc.connect$address(), Libc.connect$descriptor());
    private static final MethodHandle SEND = ErrnoCapture.handle(Libc.send$address(), Libc.send$descriptor());
    private static final MethodHandle RECV = ErrnoCapture.handle(Libc.recv$address(), Libc.recv$descriptor());
    private static final String REFUSED = "ECONNREFUSED";

    private final InetSocketAddress target;
    private int fd;
    private boolean isRefused;

    private UdpKnock(InetSocketAddress target, int fd) {
        this.target = target;
        this.fd = fd;
    }

    /**
     * Sends it from the calling thread's network namespace, and does not wait.
     *
     * @return empty if the kernel has no way there
     * @throws SystemCallException if there are no descriptors
     */
    public static Optional<UdpKnock> at(InetSocketAddress target) {
        try (Arena arena = Arena.ofConfined()) {
            boolean isIpv6 = target.getAddress() instanceof Inet6Address;
            int type = Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC() | Libc.SOCK_NONBLOCK();
            int fd = (int) SOCKET.invokeExact(ErrnoCapture.state(), isIpv6 ? Libc.AF_INET6() : Libc.AF_INET(), type, 0);
            if (fd < 0) {
                throw new SystemCallException("socket", "UDP", ErrnoCapture.errno());
            }
            UdpKnock knock = new UdpKnock(target, fd);
            MemorySegment address = arena.allocate(isIpv6 ? sockaddr_in6.layout() : sockaddr_in.layout());
            SocketAddress.write(address, target.getAddress());
            // In both structures at the same place, in network byte order.
            sockaddr_in.sin_port(address, Short.reverseBytes((short) target.getPort()));
            int connected = (int) CONNECT.invokeExact(ErrnoCapture.state(), fd, address, (int) address.byteSize());
            if (connected != 0 || (long) SEND.invokeExact(ErrnoCapture.state(), fd, MemorySegment.NULL, 0L, 0) < 0) {
                knock.close();
                return Optional.empty();
            }
            return Optional.of(knock);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Where it was sent. */
    public InetSocketAddress target() {
        return target;
    }

    /** Whether it has come back by now that nobody listens there. Once it has, it stays so. */
    public boolean isRefused() {
        try (Arena arena = Arena.ofConfined()) {
            if (!isRefused && (long) RECV.invokeExact(ErrnoCapture.state(), fd, arena.allocate(1), 1L, 0) < 0) {
                Errno errno = ErrnoCapture.errno();
                isRefused = errno.symbol().equals(REFUSED);
            }
            return isRefused;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }
}
