package dev.udpfanout.lab.frames;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.LabNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sends many datagrams with one call: UDP_SEGMENT of udp(7). Over veth they stay one packet, with a checksum that is
 * left to whoever takes it apart. For one thread at a time.
 */
public final class SegmentSender implements AutoCloseable {
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int MAX_BYTES = 65_535;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int SOCKADDR_IN_BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(MAX_BYTES);
    private final InetSocketAddress to;
    private final int fd;
    private boolean closed;

    private SegmentSender(InetSocketAddress to, int segmentBytes) {
        this.to = to;
        int family = to.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET;
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, segmentBytes);
        try {
            fd = (int) SocketCalls.SOCKET.invokeExact(ErrnoCapture.state(), family, SOCK_DGRAM, 0);
            checked("socket", fd);
            checked("UDP_SEGMENT", (int)
                    SocketCalls.SETSOCKOPT.invokeExact(ErrnoCapture.state(), fd, SOL_UDP, UDP_SEGMENT, size, 4));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Opens a socket.
     *
     * @param segmentBytes the payload of each datagram
     */
    public static SegmentSender open(LabNamespace namespace, InetSocketAddress to, int segmentBytes) {
        return namespace.closedWithTopology(namespace.call(() -> new SegmentSender(to, segmentBytes)));
    }

    /** Sends the payloads of all datagrams, one after the other, at most 64. */
    public void send(byte[] payloads) {
        MemorySegment.copy(payloads, 0, buffer, ValueLayout.JAVA_BYTE, 0, payloads.length);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment address = call.allocateFrom(ValueLayout.JAVA_BYTE, socketAddress());
            long sent = (long) SocketCalls.SENDTO.invokeExact(
                    ErrnoCapture.state(), fd, buffer, (long) payloads.length, 0, address, (int) address.byteSize());
            checked("sendto", sent);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private byte[] socketAddress() {
        boolean ipv6 = to.getAddress() instanceof Inet6Address;
        ByteBuffer address = ByteBuffer.allocate(ipv6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES);
        address.order(ByteOrder.nativeOrder()).putShort(ipv6 ? AF_INET6 : AF_INET);
        address.order(ByteOrder.BIG_ENDIAN).putShort((short) to.getPort());
        return address.put(ipv6 ? 8 : 4, to.getAddress().getAddress()).array();
    }

    private void checked(String call, long result) {
        if (result < 0) {
            throw new SystemCallException(call, to.toString(), ErrnoCapture.errno());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                int ignored = (int) SocketCalls.CLOSE.invokeExact(ErrnoCapture.state(), fd);
            } catch (Throwable e) {
                throw ErrnoCapture.rethrown(e);
            } finally {
                arena.close();
            }
        }
    }
}
