package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.netflow.ExporterState;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.HostAddresses;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.TargetCounters;
import dev.udpfanout.forwarder.worker.Worker;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** What workers have in common that read a socket by its descriptor, however they wait for it and send. */
public abstract class SocketWorker extends Worker<SocketTarget> {
    private static final Duration HOST_LIFETIME = Duration.ofSeconds(1);

    protected final WorkerSetup setup;
    protected final DatagramSocket socket;
    protected final Arena arena = Arena.ofShared();
    protected final ReceivedAddresses addresses;
    protected final Optional<SocketFlows> flows;
    protected SocketTarget[] targets = {};
    private Optional<NetflowSender> netflow = Optional.empty();
    private HostAddresses host;
    private long hostReadAtNs;
    private boolean asksForTtl;

    /**
     * @param socket bound; the worker becomes its owner
     * @param controlOffset see {@link ReceivedAddresses}
     */
    // Flows keep the choice for the first datagram, after start(): nothing is called before the subclass is whole.
    @SuppressWarnings("this-escape")
    protected SocketWorker(WorkerSetup setup, DatagramSocket socket, int controlOffset) throws SocketException {
        super(setup);
        this.setup = setup;
        this.socket = socket;
        this.addresses = ReceivedAddresses.of(setup.config(), controlOffset);
        this.flows = setup.replies().isPresent()
                ? Optional.of(SocketFlows.open(setup, socket, addresses, stats(), this::choose, arena))
                : Optional.empty();
    }

    private SocketTarget choose(FlowKey client) {
        return targets[indexOf(client, targets.length)];
    }

    /**
     * A sender that cuts what has to be cut; the same where nothing has.
     *
     * @param onSent told the receive slot of each datagram that was sent in pieces
     */
    protected final BatchSender inPieces(BatchSender sender, IntConsumer onSent, ReceiveMemory receive) {
        return inPieces(setup, sender, stats(), onSent, receive, arena);
    }

    static BatchSender inPieces(
            WorkerSetup setup,
            BatchSender sender,
            WorkerStats stats,
            IntConsumer onSent,
            ReceiveMemory receive,
            Arena arena) {
        return PieceSender.mayCut(setup.config())
                ? new PieceSender(
                        sender,
                        Optional.empty(),
                        stats,
                        DropReason.SEND_FAILED,
                        onSent,
                        receive,
                        setup.config().batchSize(),
                        arena)
                : sender;
    }

    /** What gives out NetFlow, if this worker is to. */
    protected final Optional<NetflowSender> netflow(ReceiveMemory receive, IntConsumer onSent) {
        netflow = setup.config()
                .netflow()
                .map(keeping -> new NetflowSender(
                        setup,
                        keeping.limits().share(setup.config().workers()),
                        addresses,
                        turns(),
                        stats(),
                        arena,
                        receive,
                        onSent));
        return netflow;
    }

    @Override
    protected final List<ExporterState> knownExporters() {
        return netflow.map(NetflowSender::exporters).orElse(List.of());
    }

    @Override
    protected final void writeTemplates() {
        netflow.ifPresent(NetflowSender::keep);
    }

    /** Gives datagrams to the targets; there from {@link #start} on. */
    protected abstract Dispatcher dispatcher();

    @Override
    public final int kernelDrops() throws SocketException {
        return socket.kernelDrops();
    }

    @Override
    protected final SocketTarget open(InetSocketAddress endpoint, TargetCounters counters) throws IOException {
        return SocketTarget.open(
                endpoint, counters, setup.config().source(), setup.config().segmentation(), hostAddresses());
    }

    /** Read anew for each table, not for each of its endpoints. */
    private HostAddresses hostAddresses() throws IOException {
        long nowNs = System.nanoTime();
        if (host == null || nowNs - hostReadAtNs > HOST_LIFETIME.toNanos()) {
            host = HostAddresses.read();
            hostReadAtNs = nowNs;
        }
        return host;
    }

    @Override
    protected final void use(List<SocketTarget> next) {
        targets = next.toArray(SocketTarget[]::new);
        askForTtl(addresses.hasTtl() && (spread() instanceof Spread.ToAll || spread() instanceof Spread.Netflow));
        dispatcher().use(spread(), targets);
        flows.ifPresent(mine -> mine.use(next));
    }

    /** Only where copies are made: others do without. A kernel that refuses sends copies with a TTL of their own. */
    private void askForTtl(boolean isWanted) {
        if (isWanted != asksForTtl) {
            boolean ipv6 = setup.config().bind().getAddress() instanceof Inet6Address;
            socket.trySet(ipv6 ? SocketOption.IPV6_RECVHOPLIMIT : SocketOption.IP_RECVTTL, isWanted ? 1 : 0);
            asksForTtl = isWanted;
        }
    }

    @Override
    public final void release() {
        super.release();
        flows.ifPresent(SocketFlows::closeAll);
        socket.close();
        arena.close();
    }
}
