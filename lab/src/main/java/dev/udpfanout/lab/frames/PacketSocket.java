package dev.udpfanout.lab.frames;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A raw packet socket on one interface, see packet(7). It belongs to the network namespace of the thread that opens it;
 * afterwards one thread at a time may use it.
 */
final class PacketSocket implements AutoCloseable {
    /** For {@link #open}: frames of every protocol. */
    static final int ALL_PROTOCOLS = 3;

    /** For {@link #open}: no frames, the socket only sends. */
    static final int NO_PROTOCOL = 0;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;
    private static final int MAX_FRAME_BYTES = 65_550;
    private static final int PROTOCOL_OFFSET = 2;
    private static final int IFINDEX_OFFSET = 4;
    private static final int PACKET_TYPE_OFFSET = 10;
    private static final ValueLayout.OfShort BIG_ENDIAN = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(MAX_FRAME_BYTES);
    private final MemorySegment address = arena.allocate(SocketCalls.SOCKADDR_LL);
    private final MemorySegment addressLength = arena.allocate(ValueLayout.JAVA_INT);
    private final MemorySegment polled = arena.allocate(8, 4);
    private final String interfaceName;
    private final int fd;

    private PacketSocket(String interfaceName, int fd) {
        this.interfaceName = interfaceName;
        this.fd = fd;
    }

    /**
     * Opens a socket on an interface of the calling thread's namespace.
     *
     * @param protocol the EtherType to receive, or one of the two constants
     * @throws SystemCallException without CAP_NET_RAW, or if there is no such interface
     */
    static PacketSocket open(String interfaceName, int protocol) {
        // Without a protocol until it is bound: it would take frames of all interfaces.
        int fd = checked("socket", "AF_PACKET", () ->
                (int) SocketCalls.SOCKET.invokeExact(ErrnoCapture.state(), AF_PACKET, SOCK_RAW, NO_PROTOCOL));
        PacketSocket socket = new PacketSocket(interfaceName, fd);
        try {
            socket.growReceiveBuffer();
            socket.bind(protocol);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a frame as it is, from the Ethernet header on. */
    void send(byte[] bytes) {
        MemorySegment.copy(bytes, 0, frame, ValueLayout.JAVA_BYTE, 0, bytes.length);
        address.set(BIG_ENDIAN, PROTOCOL_OFFSET, (short) ParsedFrame.of(bytes).etherType());
        checked("sendto", interfaceName, () -> (int) (long) SocketCalls.SENDTO.invokeExact(
                ErrnoCapture.state(), fd, frame, (long) bytes.length, 0, address, (int) address.byteSize()));
    }

    /**
     * Takes the next frame.
     *
     * @param timeoutMs how long to wait for one; 0 for not at all
     * @return null if there is none
     */
    CapturedFrame receive(int timeoutMs) {
        polled.set(ValueLayout.JAVA_INT, 0, fd);
        polled.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
        int ready = checked("poll", interfaceName, () ->
                (int) SocketCalls.POLL.invokeExact(ErrnoCapture.state(), polled, 1L, timeoutMs));
        return ready == 0 ? null : take();
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

    private CapturedFrame take() {
        addressLength.set(ValueLayout.JAVA_INT, 0, (int) address.byteSize());
        int length = checked("recvfrom", interfaceName, () -> (int) (long) SocketCalls.RECVFROM.invokeExact(
                ErrnoCapture.state(), fd, frame, frame.byteSize(), MSG_TRUNC | MSG_DONTWAIT, address, addressLength));
        byte[] bytes = frame.asSlice(0, Math.min(length, frame.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        return new CapturedFrame(bytes, PacketType.of(address.get(ValueLayout.JAVA_BYTE, PACKET_TYPE_OFFSET)));
    }

    private void bind(int protocol) {
        MemorySegment name = arena.allocateFrom(interfaceName);
        int index = checked("if_nametoindex", interfaceName, () -> {
            int found = (int) SocketCalls.IF_NAMETOINDEX.invokeExact(ErrnoCapture.state(), name);
            return found == 0 ? -1 : found;
        });
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(BIG_ENDIAN, PROTOCOL_OFFSET, (short) protocol);
        address.set(ValueLayout.JAVA_INT, IFINDEX_OFFSET, index);
        checked("bind", interfaceName, () ->
                (int) SocketCalls.BIND.invokeExact(ErrnoCapture.state(), fd, address, (int) address.byteSize()));
    }

    private void growReceiveBuffer() {
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, RECEIVE_BUFFER_BYTES);
        checked("setsockopt", "SO_RCVBUFFORCE", () -> (int) SocketCalls.SETSOCKOPT.invokeExact(
                ErrnoCapture.state(), fd, SOL_SOCKET, SO_RCVBUFFORCE, size, (int) size.byteSize()));
    }

    private static int checked(String call, String on, NativeCall body) {
        try {
            int result = body.run();
            while (result < 0 && ErrnoCapture.errno().equals(Errno.EINTR)) {
                result = body.run();
            }
            if (result < 0) {
                throw new SystemCallException(call, on, ErrnoCapture.errno());
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
