package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.admission.Gate;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.netflow.ExporterState;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.forwarder.spread.RoundRobin;
import dev.udpfanout.forwarder.spread.Spread;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One event loop with its listening socket. The table of targets belongs to the event loop and is exchanged by a task
 * on it, that is, between two batches: reading it takes no lock. The methods that are public are for one controlling
 * thread.
 *
 * @param <T> what sends on this transport
 */
public abstract class Worker<T extends Target> {
    private static final int IDLE_LOOKS = 5;
    private static final int LOOK_INTERVAL_MS = 1;

    private final IoEventLoop loop;
    private final WorkerStats stats;
    private final RoundRobin turns;
    private final BatchAdmission admission;
    private final ReceiveErrorLog errorLog;
    private Spread spread = Spread.IN_TURN;

    /** Each once, in the order in which the table has them first; the controlling thread's. */
    private List<T> installed = List.of();

    private final EndpointCounts endpointCounts = new EndpointCounts();

    protected Worker(WorkerSetup setup) {
        this.loop = setup.loop();
        this.turns = new RoundRobin(setup.number());
        this.errorLog = setup.errorLog();
        this.stats = new WorkerStats(setup.dropNotes());
        this.admission = new BatchAdmission(stats);
    }

    /** Starts to receive; the future is complete when the socket is being read. */
    public abstract CompletableFuture<Void> start();

    /** Stops receiving and sending; the future is complete when the kernel has let go of this worker's memory. */
    public abstract CompletableFuture<Void> stop();

    /** Frees sockets and memory; only after the event loop has ended, or where {@link #start} was never called. */
    public void release() {
        installed.forEach(Target::close);
        installed = List.of();
    }

    /** Datagrams that the kernel dropped at the listening socket, since the start; wraps at 2^32. */
    public abstract int kernelDrops() throws IOException;

    /** On the event loop: whether nothing waits to be read or to be sent, as far as can be seen. */
    protected abstract boolean isIdle() throws IOException;

    protected abstract T open(InetSocketAddress endpoint, TargetCounters counters) throws IOException;

    /** On the event loop: the targets that take turns from the next batch on; one may stand there several times. */
    protected abstract void use(List<T> turns);

    /** What this worker has counted. */
    public final WorkerStats stats() {
        return stats;
    }

    /**
     * What this worker has counted of each endpoint: of those in force, in the table's order, then of the last ones
     * that were.
     */
    public final Map<InetSocketAddress, TargetCounters> endpointCounts() {
        return endpointCounts.all();
    }

    /** Keeps the worker's thread on a CPU. */
    public final CompletableFuture<Void> pinTo(int cpu) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                CpuAffinity.pinTo(cpu);
                done.complete(null);
            } catch (IOException | LinkageError e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Opens sockets for the endpoints that are new, without using them yet; on an error none stays open. */
    public final TableChange<T> prepare(Collection<InetSocketAddress> endpoints) throws IOException {
        Map<InetSocketAddress, T> known = new HashMap<>();
        installed.forEach(target -> known.put(target.endpoint(), target));
        Map<InetSocketAddress, T> kept = new LinkedHashMap<>();
        List<T> turns = new ArrayList<>(endpoints.size());
        List<T> opened = new ArrayList<>();
        try {
            for (InetSocketAddress endpoint : endpoints) {
                T target = kept.get(endpoint);
                if (target == null) {
                    target = known.remove(endpoint);
                    if (target == null) {
                        target = open(endpoint, endpointCounts.of(endpoint));
                        opened.add(target);
                    }
                    kept.put(endpoint, target);
                }
                turns.add(target);
            }
        } catch (IOException | RuntimeException e) {
            opened.forEach(Target::close);
            throw e;
        }
        return new TableChange<>(turns, List.copyOf(kept.values()), opened, List.copyOf(known.values()));
    }

    /**
     * Puts a prepared change in force, with the policy that goes with it; the future is complete once nothing more goes
     * to a removed endpoint.
     */
    public final CompletableFuture<Void> install(TableChange<?> change, Spread next) {
        @SuppressWarnings("unchecked") // a change comes from prepare() of the same worker
        TableChange<T> mine = (TableChange<T>) change;
        installed = mine.targets();
        endpointCounts.install(installed);
        List<CompletableFuture<Void>> idle = new ArrayList<>();
        mine.removed().forEach(target -> idle.add(new CompletableFuture<>()));
        CompletableFuture<Void> used = new CompletableFuture<>();
        loop.execute(() -> {
            spread = next;
            use(mine.turns());
            for (int i = 0; i < mine.removed().size(); i++) {
                T target = mine.removed().get(i);
                CompletableFuture<Void> done = idle.get(i);
                target.whenIdle(() -> {
                    target.close();
                    done.complete(null);
                });
            }
            used.complete(null);
        });
        return used.thenCompose(nothing -> CompletableFuture.allOf(idle.toArray(CompletableFuture[]::new)));
    }

    /** The exporters of which this worker has templates. */
    public final CompletableFuture<List<ExporterState>> exporters() {
        return CompletableFuture.supplyAsync(this::knownExporters, loop);
    }

    /** Writes all that this worker knows of exporters where it outlives the process. */
    public final CompletableFuture<Void> keepTemplates() {
        return CompletableFuture.runAsync(this::writeTemplates, loop);
    }

    /** On the event loop. */
    protected List<ExporterState> knownExporters() {
        return List.of();
    }

    /** On the event loop. */
    protected void writeTemplates() {}

    /** Puts a gate in force between two batches; the future is complete when it is. */
    public final CompletableFuture<Void> install(Gate gate) {
        return CompletableFuture.runAsync(() -> admission.use(gate), loop);
    }

    /**
     * Complete with true once nothing has been waiting to be read or sent for some looks in a row, and with false if
     * that is not so within the time.
     */
    public final CompletableFuture<Boolean> whenDrained(Duration limit) {
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        long deadlineNs = System.nanoTime() + limit.toNanos();
        loop.execute(() -> look(drained, deadlineNs, 0));
        return drained;
    }

    /**
     * Several looks, a turn of the event loop apart: what the kernel has handed over is not seen before the next turn.
     */
    private void look(CompletableFuture<Boolean> drained, long deadlineNs, int idleLooks) {
        boolean idle;
        try {
            idle = isIdle();
        } catch (IOException e) {
            idle = false;
        }
        int looks = idle ? idleLooks + 1 : 0;
        if (looks == IDLE_LOOKS || System.nanoTime() - deadlineNs > 0) {
            drained.complete(looks == IDLE_LOOKS);
        } else {
            loop.schedule(() -> look(drained, deadlineNs, looks), LOOK_INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
    }

    protected final IoEventLoop loop() {
        return loop;
    }

    /** The index among so many targets of the one for a flow that begins. */
    protected final int indexOf(FlowKey client, int targets) {
        return switch (spread) {
            case Spread.Chosen chosen -> chosen.endpoint(client.clientHigh(), client.clientLow(), client.clientPort());
            // A flow is of one source, whatever its payloads are.
            case PayloadHash hash -> hash.bySource(client.clientHigh(), client.clientLow());
            // Nobody answers to a metric: the file is refused.
            case MetricHash hash -> turns.takeTurns(1, targets);
            // Copies have no flows: their answers would be more than one.
            case Spread.InTurn inTurn -> turns.takeTurns(1, targets);
            case Spread.ToAll toAll -> turns.takeTurns(1, targets);
            // Nor do collectors answer.
            case Spread.Netflow netflow -> turns.takeTurns(1, targets);
        };
    }

    /** On the event loop: how datagrams are given to the targets in force. */
    protected final Spread spread() {
        return spread;
    }

    protected final BatchAdmission admission() {
        return admission;
    }

    protected final RoundRobin turns() {
        return turns;
    }

    protected final void onReceiveError(String what) {
        stats.onReceiveError();
        errorLog.onError(what);
    }
}
