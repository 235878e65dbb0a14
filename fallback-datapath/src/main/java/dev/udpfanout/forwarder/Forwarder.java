package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.admission.Admission;
import dev.udpfanout.forwarder.admission.Gate;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.counter.FlowCounters;
import dev.udpfanout.forwarder.counter.ForwarderCounters;
import dev.udpfanout.forwarder.counter.ForwarderCounters.EndpointCounters;
import dev.udpfanout.forwarder.counter.NetflowCounters;
import dev.udpfanout.forwarder.netflow.ExporterState;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportChoice;
import dev.udpfanout.forwarder.transport.TransportFailedException;
import dev.udpfanout.forwarder.transport.TransportProbe;
import dev.udpfanout.forwarder.worker.TableChange;
import dev.udpfanout.forwarder.worker.Worker;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the datagrams of one address and port and gives each to the next endpoint. Sockets are opened by the threads
 * that call {@link #start} and {@link #endpoints}, and so in their network namespace. Safe for use by several threads.
 */
public final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final ForwarderConfig config;
    private final WorkerGroup group;
    private final KernelDrops kernelDrops;
    private Gate gate = Gate.OPEN;
    private boolean closed;
    private ForwarderCounters lastCounters;

    private Forwarder(ForwarderConfig config, WorkerGroup group) {
        this.config = config;
        this.group = group;
        this.kernelDrops = new KernelDrops(group.workers());
    }

    /**
     * Binds and starts to receive; without endpoints as yet, every datagram is dropped and counted.
     *
     * @throws ForwarderException if the address is taken or not local, a privilege is missing, or the transport asked
     *     for is not supported
     */
    public static Forwarder start(ForwarderConfig config) {
        return start(config, TransportProbe.run(), "", new DropSamples());
    }

    /**
     * As {@link #start(ForwarderConfig)}.
     *
     * @param probe made earlier
     * @param name of the forwarder, in {@code drops}
     * @param drops told of single datagrams that are dropped, while somebody watches; others may share it
     */
    public static Forwarder start(ForwarderConfig config, TransportProbe probe, String name, DropSamples drops) {
        TransportChoice choice = TransportChoice.of(config.io(), probe);
        try {
            ClientSourceCheck.requirePermitted(config, choice);
            requireRangePossible(config, choice);
            requireRepliesPossible(config, choice);
            Forwarder forwarder = new Forwarder(config, WorkerGroup.start(config, choice, drops, name));
            LOG.debug("forwarding from {} with {}", forwarder.localAddress(), choice.describe());
            return forwarder;
        } catch (TransportFailedException e) {
            if (config.io() != IoChoice.AUTO || choice.transport() == Transport.NIO) {
                throw new ForwarderException("io: " + e.getMessage(), e);
            }
            // The probe is of one small ring; a large one may still be refused, for want of memory or descriptors.
            return start(config, probe.with(choice.transport(), new Support.Unknown(e.getMessage())), name, drops);
        } catch (IOException e) {
            throw new ForwarderException("cannot start on " + config.bind() + ": " + e.getMessage(), e);
        }
    }

    private static void requireRangePossible(ForwarderConfig config, TransportChoice choice) {
        if (config.range().isPresent() && choice.transport() == Transport.NIO) {
            throw new ForwarderException("a range of addresses needs io_uring or epoll, but there is only "
                    + choice.describe() + "; receive on one address, or allow one of them");
        }
    }

    private static void requireRepliesPossible(ForwarderConfig config, TransportChoice choice) {
        if (config.replies().isPresent() && choice.transport() == Transport.NIO && config.hasManyAddresses()) {
            throw new ForwarderException(
                    "replies from one of several addresses need io_uring or epoll, but there is only "
                            + choice.describe() + "; bind to one address");
        }
    }

    /** The transport in use and why not a better one. */
    public TransportChoice transport() {
        return group.choice();
    }

    /** Whether it knows the sender of each datagram: {@link ForwarderConfig#takesSources()}. */
    public boolean takesSources() {
        return config.takesSources();
    }

    /** Whose address the endpoints see. */
    public SourceAddress source() {
        return config.source();
    }

    /** The address and port bound; the port is the real one where the configuration has 0. */
    public InetSocketAddress localAddress() {
        return group.localAddress();
    }

    /**
     * Replaces all endpoints. Each worker goes from the old table to the new one between two datagrams; those that stay
     * keep their sockets and counts, one that comes back has the counts that it left with. When the stage returned is
     * complete, nothing more goes to an endpoint that was removed.
     *
     * @throws EndpointLoopException if an endpoint is this forwarder's own address and port; the old table stays
     * @throws ForwarderException if an endpoint cannot be used, for example for want of a route; the old table stays
     */
    public synchronized CompletionStage<Void> endpoints(EndpointTable table) {
        requireOpen();
        LoopCheck.requireNoLoop(localAddress(), config.range(), table);
        requireSourceFamily(table);
        if (table.spread().readsSources() && !config.takesSources()) {
            throw new ForwarderException("spread: the forwarder was started without reading senders' addresses");
        }
        if (table.spread() == Spread.NETFLOW && config.netflow().isEmpty()) {
            throw new ForwarderException("spread: the forwarder was started without a memory of templates");
        }
        List<TableChange<?>> changes = new ArrayList<>();
        try {
            for (Worker<?> worker : group.workers()) {
                changes.add(worker.prepare(table.endpoints()));
            }
        } catch (IOException e) {
            changes.forEach(TableChange::abandon);
            throw new ForwarderException("cannot use the endpoints " + table.endpoints() + ": " + e.getMessage(), e);
        }
        List<CompletableFuture<Void>> installed = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            installed.add(group.workers().get(i).install(changes.get(i), table.spread()));
        }
        return CompletableFuture.allOf(installed.toArray(CompletableFuture[]::new))
                .minimalCompletionStage();
    }

    /**
     * Replaces what decides which datagrams are forwarded at all: to begin with, all are. Each worker goes from the old
     * to the new between two batches; when the stage returned is complete, all have.
     *
     * @throws ForwarderException if senders' addresses are to be judged and the forwarder does not read them
     */
    public synchronized CompletionStage<Void> admission(Admission admission) {
        requireOpen();
        if (!admission.allow().isEmpty() && !config.takesSources()) {
            throw new ForwarderException("allow: the forwarder was started without reading senders' addresses");
        }
        gate = gate.with(admission);
        Gate next = gate;
        return CompletableFuture.allOf(group.workers().stream()
                        .map(worker -> worker.install(next))
                        .toArray(CompletableFuture[]::new))
                .minimalCompletionStage();
    }

    /** The exporters of which there are templates; what the workers know of them now. */
    public synchronized List<ExporterState> exporters() {
        return closed ? List.of() : KeptTemplates.exporters(group.workers());
    }

    /** Keeps the files in which templates outlive the process short; to be called now and then. */
    public synchronized void tidyTemplates() {
        if (!closed) {
            group.templates().ifPresent(journal -> KeptTemplates.tidy(journal, group.workers()));
        }
    }

    /** For tests, which stall a worker to have a batch of a known size. */
    List<Worker<?>> workers() {
        return group.workers();
    }

    private void requireSourceFamily(EndpointTable table) {
        if (config.source() != SourceAddress.CLIENT) {
            return;
        }
        Class<?> family = config.bind().getAddress().getClass();
        for (InetSocketAddress endpoint : table.endpoints()) {
            if (endpoint.getAddress().getClass() != family) {
                throw new ForwarderException("the client's address cannot be kept towards " + endpoint
                        + ": the listener has the other address family");
            }
        }
    }

    /** What has been counted so far; after {@link #close()}, what had been counted by then. */
    public synchronized ForwarderCounters counters() {
        if (!closed) {
            lastCounters = snapshot();
        }
        return lastCounters;
    }

    private ForwarderCounters snapshot() {
        List<WorkerStats> stats = group.workers().stream().map(Worker::stats).toList();
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            dropped.put(
                    reason,
                    stats.stream().mapToLong(worker -> worker.dropped(reason)).sum());
        }
        dropped.put(DropReason.RECEIVE_QUEUE_OVERFLOW, kernelDrops.total());
        return new ForwarderCounters(
                stats.stream().mapToLong(WorkerStats::received).sum(),
                stats.stream().mapToLong(WorkerStats::receivedBytes).sum(),
                stats.stream().mapToLong(WorkerStats::forwarded).sum(),
                stats.stream().mapToLong(WorkerStats::forwardedBytes).sum(),
                Collections.unmodifiableMap(dropped),
                stats.stream().mapToLong(WorkerStats::receiveErrors).sum(),
                stats.stream().map(WorkerStats::received).toList(),
                endpointCounters(),
                stats.stream().map(worker -> worker.flows().snapshot()).reduce(FlowCounters.ZERO, FlowCounters::plus),
                stats.stream()
                        .map(worker -> worker.netflow().snapshot())
                        .reduce(NetflowCounters.ZERO, NetflowCounters::plus));
    }

    private Map<InetSocketAddress, EndpointCounters> endpointCounters() {
        Map<InetSocketAddress, EndpointCounters> counters = new LinkedHashMap<>();
        for (Worker<?> worker : group.workers()) {
            worker.endpointCounts()
                    .forEach((endpoint, counted) -> counters.merge(
                            endpoint,
                            new EndpointCounters(
                                    counted.forwarded().value(),
                                    counted.forwardedBytes().value(),
                                    counted.unreachable().value()),
                            EndpointCounters::plus));
        }
        return Collections.unmodifiableMap(counters);
    }

    /**
     * Waits until nothing is left to be read or sent: for the end, after new datagrams have been led elsewhere.
     *
     * @return false if there was still something when the time was up
     */
    public boolean drain(Duration limit) {
        return group.drain(limit);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the forwarder is closed");
        }
    }

    /** Stops the workers, waits for them, and frees their sockets and memory. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        lastCounters = snapshot().closed();
        closed = true;
        group.close();
    }
}
