package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.FragmentHeader;
import dev.udpfanout.forwarder.socket.IoVector;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.UdpHeader;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Cuts what goes by a router over IPv6 with the client's address into pieces that every router takes (RFC 8200, section
 * 5), and leaves the rest to another sender. No router cuts an IPv6 packet, and its word that one is too large goes to
 * the client, who does not know of this packet. The kernel cuts only what does not fit its own route. The event loop's.
 */
final class PieceSender implements BatchSender {
    /** Bytes of a packet that every link takes. */
    private static final int MAX_PACKET_BYTES = 1280;

    private static final int IPV6_HEADER_BYTES = 40;

    /** Bytes of the datagram, its header included, in one piece: in units of eight. */
    private static final int PIECE_BYTES = (MAX_PACKET_BYTES - IPV6_HEADER_BYTES - FragmentHeader.BYTES) / 8 * 8;

    private static final int MAX_WHOLE_BYTES = MAX_PACKET_BYTES - IPV6_HEADER_BYTES - UdpHeader.BYTES;
    private static final int MAX_PIECES = 65_535 / PIECE_BYTES + 1;
    private static final int VECTORS_PER_PIECE = 3;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final BatchSender whole;
    private final Optional<HopLimits> hopLimits;
    private final WorkerStats stats;
    private final IntConsumer onSent;
    private final DropReason whenRefused;
    private final DatagramBatch rest;
    private final MessageHeaders messages;
    private final MemorySegment vectors;
    private final MemorySegment fragmentHeaders;
    private final MemorySegment udpHeader;
    private final MemorySegment control;
    private final MemorySegment errno;
    private int identification = new SecureRandom().nextInt();

    /**
     * @param whole sends what need not be cut
     * @param hopLimits where datagrams leave with one less than they came with
     * @param whenRefused what a datagram is counted as whose pieces the kernel does not take
     * @param onSent told the receive slot of each datagram that was sent in pieces
     */
    PieceSender(
            BatchSender whole,
            Optional<HopLimits> hopLimits,
            WorkerStats stats,
            DropReason whenRefused,
            IntConsumer onSent,
            ReceiveMemory receive,
            int capacity,
            Arena arena) {
        this.whole = whole;
        this.hopLimits = hopLimits;
        this.stats = stats;
        this.whenRefused = whenRefused;
        this.onSent = onSent;
        this.rest = new DatagramBatch(receive, capacity);
        this.messages = new MessageHeaders(MAX_PIECES, arena);
        this.vectors = arena.allocate((long) MAX_PIECES * VECTORS_PER_PIECE * IoVector.BYTES, IoVector.BYTES);
        this.fragmentHeaders = arena.allocate((long) MAX_PIECES * FragmentHeader.BYTES, FragmentHeader.BYTES);
        this.udpHeader = arena.allocate(UdpHeader.BYTES, UdpHeader.BYTES);
        this.control = arena.allocate(2L * ControlMessage.MAX_BYTES, Long.BYTES);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
    }

    /** For copies of what was received: they leave with a TTL one less, so that they do not go round for ever. */
    static BatchSender ofCopies(
            WorkerSetup setup, ReceivedAddresses layout, ReceiveMemory memory, WorkerStats stats, Arena arena) {
        Optional<HopLimits> hopLimits = Optional.of(new HopLimits(layout));
        SyscallSender whole = new SyscallSender(
                setup.config().batchSize(),
                setup.config().source(),
                hopLimits,
                stats,
                arena,
                DropReason.COPY_FAILED,
                DropReason.COPY_FAILED);
        return around(whole, hopLimits, DropReason.COPY_FAILED, memory, setup, stats, arena);
    }

    /** A sender that cuts what has to be cut where anything may have to be, and otherwise the given one. */
    static BatchSender around(
            SyscallSender whole,
            Optional<HopLimits> hopLimits,
            DropReason whenRefused,
            ReceiveMemory memory,
            WorkerSetup setup,
            WorkerStats stats,
            Arena arena) {
        return mayCut(setup.config())
                ? new PieceSender(
                        whole,
                        hopLimits,
                        stats,
                        whenRefused,
                        slot -> {},
                        memory,
                        setup.config().batchSize(),
                        arena)
                : whole;
    }

    /** Whether a forwarder may have endpoints of this kind. */
    static boolean mayCut(ForwarderConfig config) {
        return config.source() == SourceAddress.CLIENT && config.bind().getAddress() instanceof Inet6Address;
    }

    @Override
    public void sendShare(DatagramBatch batch, int first, int step, SocketTarget target) {
        if (!target.takesPieces()) {
            whole.sendShare(batch, first, step, target);
            return;
        }
        rest.clear();
        for (int i = first; i < batch.count(); i += step) {
            if (batch.lengths()[i] > MAX_WHOLE_BYTES) {
                sendInPieces(batch, i, target);
                onSent.accept(batch.slot(i));
            } else {
                rest.add(batch, i);
            }
        }
        whole.sendShare(rest, 0, 1, target);
    }

    private void sendInPieces(DatagramBatch batch, int index, SocketTarget target) {
        int bytes = batch.lengths()[index];
        int controlBytes = writeControl(batch, index);
        writeUdpHeader(batch, index, target);
        identification++;
        int pieces = 0;
        int datagramBytes = UdpHeader.BYTES + bytes;
        for (int offset = 0; offset < datagramBytes; offset += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, datagramBytes - offset);
            writePiece(pieces++, batch.memory().address() + batch.payloadAt(index), offset, length, datagramBytes);
        }
        for (int i = 0; i < pieces; i++) {
            MessageHeader.control(messages.memory(), messages.at(i), control.address(), controlBytes);
        }
        int sent = LibC.sendmmsg(errno, target.pieceFd(), messages.from(0), pieces, MessageFlag.DONT_WAIT);
        if (sent == pieces) {
            stats.onForwarded(target, 1, bytes);
        } else {
            stats.onDropped(whenRefused, batch, index, target);
        }
    }

    private int writeControl(DatagramBatch batch, int index) {
        int bytes = ControlMessage.ipv6Source(
                control, 0, batch.memory(), batch.sourceAt(index) + SocketAddresses.IPV6_ADDRESS_OFFSET);
        return hopLimits.isPresent() ? bytes + hopLimits.get().write(control, bytes, batch, index, true) : bytes;
    }

    private void writeUdpHeader(DatagramBatch batch, int index, SocketTarget target) {
        MemorySegment received = batch.memory();
        long sourceAt = batch.sourceAt(index);
        int bytes = batch.lengths()[index];
        int sourcePort = Short.toUnsignedInt(received.get(NETWORK_SHORT, sourceAt + SocketAddresses.PORT_OFFSET));
        UdpHeader.write(udpHeader, 0, sourcePort, target.port(), bytes);
        UdpHeader.writeIpv6Checksum(
                udpHeader,
                received,
                sourceAt + SocketAddresses.IPV6_ADDRESS_OFFSET,
                target.ipv6Address(),
                batch.payloadAt(index),
                bytes);
    }

    /** The first piece has the UDP header before its part of the payload. */
    private void writePiece(int piece, long payloadAddress, int offset, int length, int datagramBytes) {
        long headerAt = (long) piece * FragmentHeader.BYTES;
        FragmentHeader.write(fragmentHeaders, headerAt, offset, offset + length < datagramBytes, identification);
        long firstVector = (long) piece * VECTORS_PER_PIECE * IoVector.BYTES;
        long at = firstVector;
        IoVector.write(vectors, at, fragmentHeaders.address() + headerAt, FragmentHeader.BYTES);
        int udpBytes = offset == 0 ? UdpHeader.BYTES : 0;
        if (udpBytes > 0) {
            at += IoVector.BYTES;
            IoVector.write(vectors, at, udpHeader.address(), udpBytes);
        }
        at += IoVector.BYTES;
        IoVector.write(vectors, at, payloadAddress + offset + udpBytes - UdpHeader.BYTES, length - udpBytes);
        int count = (int) ((at - firstVector) / IoVector.BYTES) + 1;
        MessageHeader.write(messages.memory(), messages.at(piece), 0, 0, vectors.address() + firstVector, count);
    }
}
