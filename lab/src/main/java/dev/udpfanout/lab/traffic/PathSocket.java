package dev.udpfanout.lab.traffic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.frames.SocketCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * A UDP socket with path MTU discovery as it is asked for, and with the kernel's error codes, which Java's own sockets
 * have neither of: see udp(7), ip(7), ipv6(7). It belongs to the network namespace of the thread that opens it;
 * afterwards one thread at a time may use it.
 */
public final class PathSocket implements AutoCloseable {
    /** What {@link #send} returns for a datagram that the kernel has taken. */
    public static final int TAKEN = 0;

    /** What {@link #send} returns for a datagram that is too large for the path: EMSGSIZE, errno(3). */
    public static final int TOO_LARGE = 90;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int IPPROTO_IP = 0;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_MTU = 14;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment data = arena.allocate(MAX_DATAGRAM_BYTES);
    private final MemorySegment address = arena.allocate(SOCKADDR_IN6_BYTES, 4);
    private final MemorySegment length = arena.allocate(JAVA_INT);
    private final MemorySegment number = arena.allocate(JAVA_INT);
    private final MemorySegment polled = arena.allocate(8, 4);
    private final boolean ipv6;
    private final int fd;

    private PathSocket(boolean ipv6) {
        this.ipv6 = ipv6;
        this.fd = checked("socket", () ->
                (int) SocketCalls.SOCKET.invokeExact(ErrnoCapture.state(), family(), SOCK_DGRAM_CLOEXEC, 0));
    }

    /**
     * Opens a socket in the calling thread's namespace, on a port that the kernel picks.
     *
     * @throws SystemCallException if the address is not the namespace's own
     */
    public static PathSocket open(InetAddress local) {
        PathSocket socket = new PathSocket(local instanceof Inet6Address);
        try {
            int size = socket.pack(new InetSocketAddress(local, 0));
            checked("bind", () ->
                    (int) SocketCalls.BIND.invokeExact(ErrnoCapture.state(), socket.fd, socket.address, size));
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Chooses how datagrams that are sent from now on deal with the path's MTU. */
    public void discover(PathMtuDiscovery discovery) {
        number.set(JAVA_INT, 0, discovery.option());
        checked("setsockopt IP_MTU_DISCOVER", () -> (int) SocketCalls.SETSOCKOPT.invokeExact(
                ErrnoCapture.state(),
                fd,
                ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER,
                number,
                Integer.BYTES));
    }

    /**
     * Sends a datagram.
     *
     * @return {@link #TAKEN}, or the number of the error, for example {@link #TOO_LARGE}
     */
    public int send(byte[] payload, InetSocketAddress to) {
        MemorySegment.copy(payload, 0, data, JAVA_BYTE, 0, payload.length);
        int size = pack(to);
        try {
            long sent = (long) SocketCalls.SENDTO.invokeExact(
                    ErrnoCapture.state(), fd, data, (long) payload.length, 0, address, size);
            return sent < 0 ? ErrnoCapture.errno().number() : TAKEN;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * The MTU that the kernel knows of the path to a destination at this moment, in bytes with the IP header. Connects
     * the socket to ask, so use one that does nothing else.
     */
    public int pathMtu(InetSocketAddress to) {
        // Each connect(2) looks the route up anew; without it the answer stays what it was.
        int size = pack(to);
        checked("connect", () -> (int) SocketCalls.CONNECT.invokeExact(ErrnoCapture.state(), fd, address, size));
        length.set(JAVA_INT, 0, Integer.BYTES);
        checked("getsockopt IP_MTU", () -> (int) SocketCalls.GETSOCKOPT.invokeExact(
                ErrnoCapture.state(), fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_MTU : IP_MTU, number, length));
        return number.get(JAVA_INT, 0);
    }

    /**
     * Takes the next datagram.
     *
     * @param timeoutMs how long to wait for one; 0 for not at all
     * @return null if there is none
     */
    public ReceivedDatagram receive(int timeoutMs) {
        polled.set(JAVA_INT, 0, fd);
        polled.set(JAVA_SHORT, 4, POLLIN);
        checked("poll", () -> (int) SocketCalls.POLL.invokeExact(ErrnoCapture.state(), polled, 1L, timeoutMs));
        length.set(JAVA_INT, 0, SOCKADDR_IN6_BYTES);
        try {
            long size = (long) SocketCalls.RECVFROM.invokeExact(
                    ErrnoCapture.state(), fd, data, data.byteSize(), MSG_DONTWAIT, address, length);
            return size < 0
                    ? null
                    : new ReceivedDatagram(unpack(), data.asSlice(0, size).toArray(JAVA_BYTE));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) SocketCalls.CLOSE.invokeExact(ErrnoCapture.state(), fd);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        } finally {
            arena.close();
        }
    }

    private int family() {
        return ipv6 ? AF_INET6 : AF_INET;
    }

    /** struct sockaddr_in or sockaddr_in6, see ip(7) and ipv6(7); its size in bytes. */
    private int pack(InetSocketAddress socketAddress) {
        byte[] bytes = socketAddress.getAddress().getAddress();
        address.fill((byte) 0);
        address.set(JAVA_SHORT, 0, (short) family());
        address.set(PORT, 2, (short) socketAddress.getPort());
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
        return ipv6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES;
    }

    private InetSocketAddress unpack() throws UnknownHostException {
        byte[] bytes = address.asSlice(ipv6 ? 8 : 4, ipv6 ? 16 : 4).toArray(JAVA_BYTE);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), Short.toUnsignedInt(address.get(PORT, 2)));
    }

    private static int checked(String call, NativeCall body) {
        try {
            int result = body.run();
            while (result < 0 && ErrnoCapture.errno().equals(Errno.EINTR)) {
                result = body.run();
            }
            if (result < 0) {
                throw new SystemCallException(call, "a UDP socket", ErrnoCapture.errno());
            }
            return result;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    @FunctionalInterface
    private interface NativeCall {
        int run() throws Throwable;
    }
}
