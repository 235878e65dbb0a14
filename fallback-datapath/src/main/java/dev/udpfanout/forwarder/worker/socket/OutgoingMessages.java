package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.IoVector;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.UdpHeader;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/** Message headers for the kernel's send calls, in numbered slots; payloads stay where they were received. */
public final class OutgoingMessages {
    private static final int CONTROL_STRIDE = 64;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final boolean clientSource;
    private final Optional<HopLimits> hopLimits;
    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment controls;
    private final MemorySegment udpHeaders;

    /**
     * @param slots messages that can stand here at a time
     * @param vectors entries of struct iovec that can
     */
    public OutgoingMessages(int slots, int vectors, SourceAddress source, Arena arena) {
        this(slots, vectors, source, Optional.empty(), arena);
    }

    /** @param hopLimits where messages leave with one less than they came with */
    OutgoingMessages(int slots, int vectors, SourceAddress source, Optional<HopLimits> hopLimits, Arena arena) {
        this.hopLimits = hopLimits;
        this.clientSource = source == SourceAddress.CLIENT;
        this.headers = arena.allocate((long) slots * MessageHeader.BYTES, MessageHeader.BYTES);
        this.vectors = arena.allocate((long) vectors * IoVector.BYTES, IoVector.BYTES);
        this.controls = arena.allocate((long) slots * CONTROL_STRIDE, CONTROL_STRIDE);
        this.udpHeaders = arena.allocate((long) slots * UdpHeader.BYTES, UdpHeader.BYTES);
    }

    /** Entries of struct iovec that a message of so many datagrams takes. */
    static int vectorsFor(int datagrams, SourceAddress source) {
        return source == SourceAddress.CLIENT ? 2 * datagrams : datagrams;
    }

    MemorySegment headers(int slot, int count) {
        return headers.asSlice((long) slot * MessageHeader.BYTES, (long) count * MessageHeader.BYTES);
    }

    MemorySegment headers() {
        return headers;
    }

    public long headerAddress(int slot) {
        return headers.address() + (long) slot * MessageHeader.BYTES;
    }

    /**
     * Writes one message.
     *
     * @param slot the message's slot
     * @param vector its first entry of struct iovec
     * @param first the message's first datagram
     * @param step distance to its next one
     * @param datagrams how many; 1 where the client's address is kept
     * @return how many entries of struct iovec it took
     */
    public int write(
            int slot, int vector, DatagramBatch batch, int first, int step, int datagrams, SocketTarget target) {
        int vectors = clientSource
                ? writeFromClient(slot, vector, batch, first, target)
                : writeFromNode(slot, vector, batch, first, step, datagrams);
        if (hopLimits.isPresent()) {
            writeHopLimit(hopLimits.get(), slot, batch, first, target.ipv6());
        }
        return vectors;
    }

    /** Behind the ancillary data that is there. */
    private void writeHopLimit(HopLimits limits, int slot, DatagramBatch batch, int first, boolean ipv6) {
        long headerAt = (long) slot * MessageHeader.BYTES;
        long controlAt = (long) slot * CONTROL_STRIDE;
        int before = MessageHeader.controlBytes(headers, headerAt);
        int added = limits.write(controls, controlAt + before, batch, first, ipv6);
        if (added > 0) {
            MessageHeader.control(headers, headerAt, controls.address() + controlAt, before + added);
        }
    }

    private int writeFromNode(int slot, int vector, DatagramBatch batch, int first, int step, int datagrams) {
        long payloads = batch.memory().address();
        int[] lengths = batch.lengths();
        long vectorAt = (long) vector * IoVector.BYTES;
        for (int i = 0, index = first; i < datagrams; i++, index += step) {
            IoVector.write(
                    vectors, vectorAt + (long) i * IoVector.BYTES, payloads + batch.payloadAt(index), lengths[index]);
        }
        long headerAt = (long) slot * MessageHeader.BYTES;
        MessageHeader.write(headers, headerAt, 0, 0, vectors.address() + vectorAt, datagrams);
        if (datagrams > 1) {
            long controlAt = (long) slot * CONTROL_STRIDE;
            int bytes = ControlMessage.segmentSize(controls, controlAt, lengths[first]);
            MessageHeader.control(headers, headerAt, controls.address() + controlAt, bytes);
        }
        return datagrams;
    }

    private int writeFromClient(int slot, int vector, DatagramBatch batch, int index, SocketTarget target) {
        MemorySegment received = batch.memory();
        long sourceAt = batch.sourceAt(index);
        long controlAt = (long) slot * CONTROL_STRIDE;
        long udpAt = (long) slot * UdpHeader.BYTES;
        int payloadBytes = batch.lengths()[index];
        int sourcePort = Short.toUnsignedInt(received.get(NETWORK_SHORT, sourceAt + SocketAddresses.PORT_OFFSET));
        UdpHeader.write(udpHeaders, udpAt, sourcePort, target.port(), payloadBytes);
        int controlBytes;
        if (target.ipv6()) {
            controlBytes = ControlMessage.ipv6Source(
                    controls, controlAt, received, sourceAt + SocketAddresses.IPV6_ADDRESS_OFFSET);
        } else {
            long addressAt = sourceAt + SocketAddresses.IPV4_ADDRESS_OFFSET;
            int source = received.get(NETWORK_INT, addressAt);
            long payloadAt = batch.payloadAt(index);
            UdpHeader.writeIpv4Checksum(
                    udpHeaders, udpAt, source, target.ipv4Address(), received, payloadAt, payloadBytes);
            controlBytes = ControlMessage.ipv4Source(controls, controlAt, received, addressAt);
        }
        long vectorAt = (long) vector * IoVector.BYTES;
        IoVector.write(vectors, vectorAt, udpHeaders.address() + udpAt, UdpHeader.BYTES);
        IoVector.write(vectors, vectorAt + IoVector.BYTES, received.address() + batch.payloadAt(index), payloadBytes);
        long headerAt = (long) slot * MessageHeader.BYTES;
        MessageHeader.write(headers, headerAt, 0, 0, vectors.address() + vectorAt, 2);
        MessageHeader.control(headers, headerAt, controls.address() + controlAt, controlBytes);
        return 2;
    }
}
