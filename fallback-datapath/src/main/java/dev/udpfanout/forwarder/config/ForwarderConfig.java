package dev.udpfanout.forwarder.config;

import dev.udpfanout.forwarder.netflow.TemplateKeeping;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a forwarder is started with. Make one with {@link #forAddress} and the {@code with...} methods.
 *
 * @param bind the local address to receive on, a wildcard allowed; port 0 takes any free port
 * @param workers threads, each with a socket of its own; at least 1
 * @param cpus the CPU of each worker (worker i runs on {@code cpus[i mod size]}); empty for no pinning
 * @param batchSize datagrams read before they are sent on, 1 to {@value #MAX_BATCH_SIZE}
 * @param receiveBufferBytes of kernel memory for datagrams not yet read, a socket; the kernel doubles it for its own
 *     overhead, and caps it at net.core.rmem_max unless the process has CAP_NET_ADMIN
 * @param maxPacketBytes payload of the longest datagram forwarded, 1 to {@value #MAX_PACKET_BYTES}
 * @param source whose address receivers see
 * @param io which transport
 * @param segmentation whether datagrams of equal length for one endpoint may go to the kernel as one message, which
 *     cuts it up as late as it can (UDP_SEGMENT); receivers see the same datagrams, and the rotation is the same
 * @param freeBind whether the address may be one that is not this host's yet (IP_FREEBIND of ip(7)): so that the socket
 *     is there before the first datagram is. NIO cannot do that, and takes no notice
 * @param replies where receivers' replies are to come back to the clients, from the address and port that they sent to:
 *     the bounds for that. A client's datagrams stay with one receiver then, as long as its flow lives
 * @param readsSources whether senders' addresses are received where nothing else needs them: for an {@code allow} in
 *     the {@link dev.udpfanout.forwarder.admission.Admission}, and for endpoints that follow from the sender
 * @param range addresses, not with NIO, beside {@code bind} on which to receive, at its port: nobody else on this host
 *     may have the port then, on whichever address of the family. They need not be assigned; a {@code local} route
 *     brings their datagrams
 * @param netflow where {@link dev.udpfanout.forwarder.spread.Spread#NETFLOW} is to be possible: what all workers
 *     together remember, and where. An exporter's datagrams stay with one worker then. Needs the client's address as
 *     the source
 */
public record ForwarderConfig(
        InetSocketAddress bind,
        int workers,
        List<Integer> cpus,
        int batchSize,
        int receiveBufferBytes,
        int maxPacketBytes,
        SourceAddress source,
        IoChoice io,
        boolean segmentation,
        boolean freeBind,
        Optional<ReplyLimits> replies,
        boolean readsSources,
        Optional<AddressRange> range,
        Optional<TemplateKeeping> netflow) {

    /** The payload of the longest UDP datagram over IPv4: 65,535 less 20 and 8 bytes of headers. */
    public static final int MAX_PACKET_BYTES = 65_507;

    /** UIO_MAXIOV, the most messages one recvmmsg(2) takes. */
    public static final int MAX_BATCH_SIZE = 1024;

    private static final int MIN_RECEIVE_BUFFER_BYTES = 4096;
    private static final int DEFAULT_BATCH_SIZE = 64;
    private static final int DEFAULT_RECEIVE_BUFFER_BYTES = 8 << 20;

    public ForwarderConfig {
        Objects.requireNonNull(bind, "bind");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(io, "io");
        cpus = List.copyOf(cpus);
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException("bind: " + bind + " is a name, not an address");
        }
        requireRange("workers", workers, 1, MAX_BATCH_SIZE);
        requireRange("batchSize", batchSize, 1, MAX_BATCH_SIZE);
        requireRange("receiveBufferBytes", receiveBufferBytes, MIN_RECEIVE_BUFFER_BYTES, Integer.MAX_VALUE);
        requireRange("maxPacketBytes", maxPacketBytes, 1, MAX_PACKET_BYTES);
        cpus.forEach(cpu -> requireRange("cpus", cpu, 0, CpuAffinity.MAX_CPUS - 1));
        if (io == IoChoice.NIO && source == SourceAddress.CLIENT) {
            throw new IllegalArgumentException("source: NIO cannot keep the client's address, io_uring and epoll can");
        }
        if (replies.isPresent()) {
            requireReplies(bind, source, io);
            requireKnownLocal(bind, io);
        }
        if (netflow.isPresent() && source != SourceAddress.CLIENT) {
            throw new IllegalArgumentException(
                    "netflow: collectors tell exporters by their addresses, so the source must be the client's");
        }
        if (range.isPresent() && io == IoChoice.NIO) {
            throw new IllegalArgumentException("range: NIO cannot keep broadcasts and multicasts away from the sockets"
                    + " of a range of addresses, since the JDK lets nobody filter them; use io_uring or epoll");
        }
        if (range.filter(addresses ->
                        addresses.network().getClass() != bind.getAddress().getClass())
                .isPresent()) {
            throw new IllegalArgumentException("range: " + range.get() + " is not of the family of " + bind);
        }
    }

    /**
     * One worker, batches of 64, an 8 MiB receive buffer, datagrams of any length, the node's address, any transport.
     */
    public static ForwarderConfig forAddress(InetSocketAddress bind) {
        return new ForwarderConfig(
                bind,
                1,
                List.of(),
                DEFAULT_BATCH_SIZE,
                DEFAULT_RECEIVE_BUFFER_BYTES,
                MAX_PACKET_BYTES,
                SourceAddress.NODE,
                IoChoice.AUTO,
                true,
                false,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty());
    }

    public ForwarderConfig withWorkers(int value) {
        return changed(draft -> draft.workers = value);
    }

    public ForwarderConfig withCpus(List<Integer> value) {
        return changed(draft -> draft.cpus = value);
    }

    public ForwarderConfig withBatchSize(int value) {
        return changed(draft -> draft.batchSize = value);
    }

    public ForwarderConfig withReceiveBufferBytes(int value) {
        return changed(draft -> draft.receiveBufferBytes = value);
    }

    public ForwarderConfig withMaxPacketBytes(int value) {
        return changed(draft -> draft.maxPacketBytes = value);
    }

    public ForwarderConfig withSource(SourceAddress value) {
        return changed(draft -> draft.source = value);
    }

    public ForwarderConfig withIo(IoChoice value) {
        return changed(draft -> draft.io = value);
    }

    public ForwarderConfig withSegmentation(boolean value) {
        return changed(draft -> draft.segmentation = value);
    }

    public ForwarderConfig withFreeBind(boolean value) {
        return changed(draft -> draft.freeBind = value);
    }

    public ForwarderConfig withReadsSources(boolean value) {
        return changed(draft -> draft.readsSources = value);
    }

    public ForwarderConfig withReplies(ReplyLimits value) {
        return changed(draft -> draft.replies = Optional.of(value));
    }

    public ForwarderConfig withRange(AddressRange value) {
        return changed(draft -> draft.range = Optional.of(value));
    }

    public ForwarderConfig withNetflow(TemplateKeeping value) {
        return changed(draft -> draft.netflow = Optional.of(value));
    }

    /** The wildcard address of the family of {@link #bind}, with its port. */
    public InetSocketAddress wildcard() {
        try {
            byte[] any = new byte[bind.getAddress().getAddress().length];
            return new InetSocketAddress(InetAddress.getByAddress(any), bind.getPort());
        } catch (UnknownHostException e) {
            throw new AssertionError("as long as an address", e);
        }
    }

    /**
     * Whether a datagram may have been sent to one of several addresses: sockets are bound to the wildcard address
     * then.
     */
    public boolean hasManyAddresses() {
        return range.isPresent() || bind.getAddress().isAnyLocalAddress();
    }

    /** Whether workers know the sender's address of each datagram. */
    public boolean takesSources() {
        return source == SourceAddress.CLIENT || readsSources || replies.isPresent();
    }

    /** Whether all datagrams of a sender's socket must come to one worker. */
    public boolean keepsSenders() {
        return replies.isPresent() || netflow.isPresent();
    }

    private ForwarderConfig changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /** A configuration that is being changed: what all the with-methods have in common. */
    private static final class Draft {
        private final InetSocketAddress bind;
        private int workers;
        private List<Integer> cpus;
        private int batchSize;
        private int receiveBufferBytes;
        private int maxPacketBytes;
        private SourceAddress source;
        private IoChoice io;
        private boolean segmentation;
        private boolean freeBind;
        private Optional<ReplyLimits> replies;
        private boolean readsSources;
        private Optional<AddressRange> range;
        private Optional<TemplateKeeping> netflow;

        Draft(ForwarderConfig from) {
            bind = from.bind;
            workers = from.workers;
            cpus = from.cpus;
            batchSize = from.batchSize;
            receiveBufferBytes = from.receiveBufferBytes;
            maxPacketBytes = from.maxPacketBytes;
            source = from.source;
            io = from.io;
            segmentation = from.segmentation;
            freeBind = from.freeBind;
            replies = from.replies;
            readsSources = from.readsSources;
            range = from.range;
            netflow = from.netflow;
        }

        ForwarderConfig config() {
            return new ForwarderConfig(
                    bind,
                    workers,
                    cpus,
                    batchSize,
                    receiveBufferBytes,
                    maxPacketBytes,
                    source,
                    io,
                    segmentation,
                    freeBind,
                    replies,
                    readsSources,
                    range,
                    netflow);
        }
    }

    private static void requireReplies(InetSocketAddress bind, SourceAddress source, IoChoice io) {
        if (source == SourceAddress.CLIENT) {
            throw new IllegalArgumentException("source: with replies receivers see the node's address,"
                    + " since what they answer must come back to the forwarder; use node");
        }
    }

    private static void requireKnownLocal(InetSocketAddress bind, IoChoice io) {
        if (io == IoChoice.NIO && bind.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    "bind: NIO does not learn which of the host's addresses a client sent to, so"
                            + " it cannot answer from it; bind to one address, or use io_uring or epoll");
        }
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " is not in " + min + " to " + max);
        }
    }
}
