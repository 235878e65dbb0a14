package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.HostAddresses;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import dev.udpfanout.forwarder.socket.UdpHeader;
import dev.udpfanout.forwarder.worker.Target;
import dev.udpfanout.forwarder.worker.TargetCounters;
import io.netty.channel.uring.IoUringIoOps;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A target with a descriptor of ours: UDP for the node's address as source, raw with IP_TRANSPARENT for the client's.
 */
public final class SocketTarget extends Target {
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;

    private final DatagramSocket socket;
    private final boolean ipv6;
    private final int ipv4Address;
    private final byte[] ipv6Address;
    private final boolean isOwn;
    private DatagramSocket pieces;
    private int maxSegmentBytes;
    private IoUringIoOps[] sends = {};

    private SocketTarget(InetSocketAddress endpoint, TargetCounters counters, DatagramSocket socket, boolean isOwn) {
        super(endpoint, counters);
        this.socket = socket;
        this.isOwn = isOwn;
        byte[] address = endpoint.getAddress().getAddress();
        this.ipv6 = address.length != 4;
        this.ipv6Address = address;
        this.ipv4Address = ipv6 ? 0 : ByteBuffer.wrap(address).getInt();
    }

    /** @param host this host's addresses */
    static SocketTarget open(
            InetSocketAddress endpoint,
            TargetCounters counters,
            SourceAddress source,
            boolean segmentation,
            HostAddresses host)
            throws SocketException {
        DatagramSocket socket = source == SourceAddress.CLIENT
                ? DatagramSocket.openRawUdp(endpoint.getAddress())
                : DatagramSocket.openUdp(endpoint.getAddress());
        try {
            SocketTarget target = new SocketTarget(endpoint, counters, socket, host.isOwn(endpoint.getAddress()));
            target.configure(source);
            if (source == SourceAddress.CLIENT && !host.isOnLink(endpoint.getAddress())) {
                target.openForPieces();
            }
            if (segmentation && source == SourceAddress.NODE) {
                target.measureSegments();
            }
            return target;
        } catch (SocketException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void configure(SourceAddress source) throws SocketException {
        if (source == SourceAddress.CLIENT) {
            socket.set(ipv6 ? SocketOption.IPV6_TRANSPARENT : SocketOption.IP_TRANSPARENT, 1);
            if (ipv6) {
                socket.set(SocketOption.IPV6_CHECKSUM, UdpHeader.CHECKSUM_OFFSET);
            }
        }
        connect(socket);
    }

    private void configureForClient(DatagramSocket raw) throws SocketException {
        raw.set(SocketOption.IPV6_TRANSPARENT, 1);
        connect(raw);
    }

    private void connect(DatagramSocket sending) throws SocketException {
        // Nobody reads this socket: an endpoint that answers must not fill its receive buffer.
        sending.attach(SocketOption.ATTACH_FILTER, ClassicBpf.dropAll());
        if (sending.trySet(SocketOption.SNDBUFFORCE, SEND_BUFFER_BYTES) < 0) {
            sending.trySet(SocketOption.SNDBUF, SEND_BUFFER_BYTES);
        }
        sending.connect(endpoint());
    }

    /** Over IPv6, what goes by a router is cut before: {@link PieceSender}. */
    private void openForPieces() throws SocketException {
        if (!ipv6) {
            return;
        }
        pieces = DatagramSocket.openRawFragments(endpoint().getAddress());
        try {
            configureForClient(pieces);
        } catch (SocketException e) {
            pieces.close();
            throw e;
        }
    }

    /** Whether it takes datagrams in pieces. */
    boolean takesPieces() {
        return pieces != null;
    }

    int pieceFd() {
        return pieces.fd();
    }

    /** The endpoint's address, 16 bytes. */
    byte[] ipv6Address() {
        return ipv6Address;
    }

    /** A segment must fit the path's MTU; a kernel without UDP_SEGMENT (before 4.18) refuses the option. */
    private void measureSegments() throws SocketException {
        if (socket.trySet(SocketOption.UDP_SEGMENT, 0) < 0) {
            return;
        }
        int mtuBytes = socket.get(ipv6 ? SocketOption.IPV6_MTU : SocketOption.IP_MTU);
        maxSegmentBytes = mtuBytes - (ipv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES) - UdpHeader.BYTES;
    }

    int fd() {
        return socket.fd();
    }

    /** Whether the endpoint's address was this host's. */
    boolean isOwn() {
        return isOwn;
    }

    boolean ipv6() {
        return ipv6;
    }

    /** The endpoint's address in host byte order, for the checksum's pseudo header. */
    int ipv4Address() {
        return ipv4Address;
    }

    int port() {
        return endpoint().getPort();
    }

    /** The longest datagram that may be joined with others; 0 for none. */
    public int maxSegmentBytes() {
        return maxSegmentBytes;
    }

    /** The kernel refused a joined message (the path's MTU fell, or the device cannot): send one by one from now on. */
    public void disableSegmentation() {
        maxSegmentBytes = 0;
    }

    /** The submission that sends a message slot to this target, made once: it never changes. */
    public IoUringIoOps send(int slot, SendSubmissions ring) {
        if (sends.length == 0) {
            sends = new IoUringIoOps[ring.slots()];
        }
        IoUringIoOps ops = sends[slot];
        if (ops == null) {
            ops = ring.send(fd(), slot);
            sends[slot] = ops;
        }
        return ops;
    }

    @Override
    protected void close() {
        if (pieces != null) {
            pieces.close();
        }
        socket.close();
    }
}
