package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.spread.Chains;
import dev.udpfanout.forwarder.spread.MetricCuts;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.RoundRobin;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.util.function.IntConsumer;

/**
 * Sends each metric of a batch where its name leads, with sendmmsg(2), whatever the transport: the pieces of a datagram
 * share its receive slot, and what is said of one gauge must not overtake what was said before. The event loop's.
 */
public final class MetricSender {
    private static final IntConsumer NOTHING_TO_FREE = slot -> {};

    private final WorkerSetup setup;
    private final RoundRobin turns;
    private final WorkerStats stats;
    private final Arena arena;
    private final ReceiveMemory receive;
    private final IntConsumer onSent;
    private final MetricCuts cuts = new MetricCuts();
    private final int capacity;
    private BatchSender sender;
    private Hairpin hairpin;
    private DatagramBatch pieces;
    private DatagramBatch share;
    private Chains chains;
    private int[] endpointOf;

    /** @param onSent told the receive slot of each datagram once all its pieces have been sent */
    public MetricSender(
            WorkerSetup setup,
            RoundRobin turns,
            WorkerStats stats,
            Arena arena,
            ReceiveMemory receive,
            IntConsumer onSent) {
        this.setup = setup;
        this.turns = turns;
        this.stats = stats;
        this.arena = arena;
        this.receive = receive;
        this.onSent = onSent;
        this.capacity = setup.config().batchSize();
    }

    /** From the next batch on; takes the memory that it needs before the first one. */
    void use(SocketTarget[] targets) {
        if (sender == null) {
            sender = SocketWorker.inPieces(
                    setup,
                    new SyscallSender(capacity, setup.config().source(), stats, arena),
                    stats,
                    NOTHING_TO_FREE,
                    receive,
                    arena);
            hairpin = new Hairpin(setup.config().source(), stats, NOTHING_TO_FREE);
            pieces = new DatagramBatch(receive, capacity);
            share = new DatagramBatch(receive, capacity);
            chains = new Chains(capacity);
            endpointOf = new int[capacity];
        }
        hairpin.use(targets);
        chains.useEndpoints(targets.length);
    }

    /** Pieces count as received, but for the one that the datagram itself is. */
    void send(DatagramBatch batch, SocketTarget[] targets, MetricHash hash) {
        int count = 0;
        pieces.clear();
        for (int i = 0; i < batch.count(); i++) {
            cuts.of(hash, batch.memory(), batch.payloadAt(i), batch.lengths()[i]);
            while (cuts.next()) {
                if (pieces.isFull()) {
                    sendPieces(targets);
                }
                int endpoint = cuts.endpoint();
                endpointOf[pieces.count()] =
                        endpoint == MetricHash.NO_NAME ? turns.takeTurns(1, targets.length) : endpoint;
                pieces.add(batch.slot(i), batch.payloadAt(i) + cuts.begin(), cuts.length(), batch.sourceAt(i));
                count++;
            }
        }
        sendPieces(targets);
        stats.onReceived(count - batch.count(), 0);
        for (int i = 0; i < batch.count(); i++) {
            onSent.accept(batch.slot(i));
        }
    }

    private void sendPieces(SocketTarget[] targets) {
        hairpin.redirect(pieces, endpointOf);
        chains.link(endpointOf, pieces.count());
        for (int chain = 0; chain < chains.count(); chain++) {
            share.clear();
            for (int i = chains.first(chain); i != Chains.NONE; i = chains.next(i)) {
                share.add(pieces, i);
            }
            sender.sendAll(share, targets[endpointOf[chains.first(chain)]]);
        }
        pieces.clear();
    }
}
