package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.netflow.Exporter;
import dev.udpfanout.forwarder.netflow.Retelling;
import dev.udpfanout.forwarder.netflow.SharedSets;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.forwarder.netflow.Verdict;
import dev.udpfanout.forwarder.spread.RoundRobin;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.NetflowMessages;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Gives records of NetFlow v9 and IPFIX to the endpoints in turn, and templates to all, before any later record. Sends
 * with sendmmsg(2), whatever the transport: what is submitted to a ring may be overtaken. An exporter's datagrams must
 * all come to this worker. The event loop's.
 */
public final class NetflowSender {
    private static final IntConsumer NOTHING = slot -> {};

    /** A message for an endpoint that joins: fits what every IPv6 link takes, with its headers. */
    private static final int MAX_RETOLD_BYTES = 1232;

    /** How often an endpoint that refuses datagrams is told all templates again. */
    private static final long RETELL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final TemplateMemory templates;
    private final SharedSets shared;
    private final RoundRobin turns;
    private final WorkerStats stats;
    private final IntConsumer onSent;
    private final Hairpin hairpin;
    private final CopyGuard guard;
    private final NetflowMessages written;
    private final BatchSender data;
    private final BatchSender copies;
    private final BatchSender writtenCopies;
    private final DatagramBatch run;
    private final DatagramBatch one;
    private final int[] endpointOf;
    private SocketTarget[] targets = {};
    private long[] refusals = {};
    private long[] retoldAtNs = {};

    /**
     * @param limits of this worker's memory
     * @param layout where a received datagram has its sender and its TTL
     * @param onSent told the receive slot of each datagram of a batch once all is sent
     */
    NetflowSender(
            WorkerSetup setup,
            TemplateMemory.Limits limits,
            ReceivedAddresses layout,
            RoundRobin turns,
            WorkerStats stats,
            Arena arena,
            ReceiveMemory receive,
            IntConsumer onSent) {
        int capacity = setup.config().batchSize();
        this.templates = new TemplateMemory(limits);
        this.shared = new SharedSets(templates);
        this.turns = turns;
        this.stats = stats;
        this.onSent = onSent;
        this.hairpin = new Hairpin(setup.config().source(), stats, NOTHING);
        setup.copied().open();
        this.guard = new CopyGuard(new HopLimits(layout), setup.copied(), stats, NOTHING);
        this.written = new NetflowMessages(layout.controlOffset(), layout.controlBytes(), arena);
        this.data = PieceSender.around(
                new SyscallSender(capacity, setup.config().source(), stats, arena),
                Optional.empty(),
                DropReason.SEND_FAILED,
                receive,
                setup,
                stats,
                arena);
        this.copies = copies(setup, layout, stats, arena, receive);
        this.writtenCopies = copies(setup, layout, stats, arena, written.memory());
        this.run = new DatagramBatch(receive, capacity);
        this.one = new DatagramBatch(receive, 1);
        this.endpointOf = new int[capacity];
    }

    /** They leave with a TTL one less, so that they do not go round for ever. */
    private static BatchSender copies(
            WorkerSetup setup, ReceivedAddresses layout, WorkerStats stats, Arena arena, ReceiveMemory memory) {
        Optional<HopLimits> hopLimits = Optional.of(new HopLimits(layout));
        SyscallSender whole = new SyscallSender(
                setup.config().batchSize(),
                setup.config().source(),
                hopLimits,
                stats,
                arena,
                DropReason.COPY_FAILED,
                DropReason.COPY_FAILED);
        return PieceSender.around(whole, hopLimits, DropReason.COPY_FAILED, memory, setup, stats, arena);
    }

    /** Before the next batch: endpoints that are new are told all templates. */
    void use(SocketTarget[] next) {
        SocketTarget[] before = targets;
        targets = next;
        refusals = new long[next.length];
        retoldAtNs = new long[next.length];
        hairpin.use(next);
        long nowNs = System.nanoTime();
        templates.forgetOld(nowNs);
        for (int i = 0; i < next.length; i++) {
            refusals[i] = next[i].unreachable().value();
            retoldAtNs[i] = nowNs;
            if (!contains(before, next[i])) {
                retell(i);
            }
        }
    }

    private static boolean contains(SocketTarget[] all, SocketTarget target) {
        for (SocketTarget each : all) {
            if (each == target) {
                return true;
            }
        }
        return false;
    }

    /** Remembers the templates of datagrams that there is no endpoint for. */
    void learn(DatagramBatch batch) {
        long nowNs = System.nanoTime();
        for (int i = 0; i < batch.count(); i++) {
            judge(batch, i, nowNs);
        }
    }

    private Verdict judge(DatagramBatch batch, int index, long nowNs) {
        return shared.judge(
                batch.memory(), batch.payloadAt(index), batch.lengths()[index], batch.sourceAt(index), nowNs);
    }

    /** There is at least one target. */
    void send(DatagramBatch batch) {
        long nowNs = System.nanoTime();
        retellThoseWhoRefused(nowNs);
        run.clear();
        for (int i = 0; i < batch.count(); i++) {
            switch (judge(batch, i, nowNs)) {
                case NOT_NETFLOW, DATA_ONLY -> run.add(batch, i);
                case MALFORMED -> {
                    stats.netflow().onMalformed();
                    run.add(batch, i);
                }
                case TEMPLATES_ONLY -> {
                    flush();
                    sendToAll(batch, i);
                }
                case BOTH -> {
                    flush();
                    sendBoth(batch, i);
                }
            }
        }
        flush();
        stats.netflow().set(templates);
        for (int i = 0; i < batch.count(); i++) {
            onSent.accept(batch.slot(i));
        }
    }

    private void flush() {
        if (run.count() == 0) {
            return;
        }
        int turn = turns.takeTurns(run.count(), targets.length);
        if (hairpin.isInTurn(run, turn)) {
            sendOneByOne(turn);
        } else {
            data.send(run, targets, turn);
        }
        run.clear();
    }

    private void sendOneByOne(int first) {
        for (int i = 0; i < run.count(); i++) {
            endpointOf[i] = (first + i) % targets.length;
        }
        hairpin.redirect(run, endpointOf);
        for (int i = 0; i < run.count(); i++) {
            one.clear();
            one.add(run, i);
            data.sendAll(one, targets[endpointOf[i]]);
        }
    }

    /** Takes one datagram alone; whether it is one that has not come back. */
    private boolean admit(DatagramBatch batch, int index) {
        one.clear();
        one.add(batch, index);
        guard.admit(one);
        hairpin.refuseForNobody(one);
        return one.count() > 0;
    }

    private void sendToAll(DatagramBatch batch, int index) {
        if (admit(batch, index)) {
            int sent = 0;
            for (int target = 0; target < targets.length; target++) {
                if (!hairpin.isFrom(one, 0, target)) {
                    copies.sendAll(one, targets[target]);
                    sent++;
                }
            }
            stats.onReceived(sent - 1, (sent - 1L) * batch.lengths()[index]);
            stats.netflow().onCopied(sent);
        }
    }

    private void sendBoth(DatagramBatch batch, int index) {
        if (!admit(batch, index)) {
            return;
        }
        endpointOf[0] = turns.takeTurns(1, targets.length);
        hairpin.redirect(one, endpointOf);
        int whole = endpointOf[0];
        DatagramBatch cut = written.cut(batch, index, shared);
        data.sendAll(one, targets[whole]);
        int sent = 0;
        for (int target = 0; target < targets.length; target++) {
            if (target != whole && !hairpin.isFrom(cut, 0, target)) {
                writtenCopies.sendAll(cut, targets[target]);
                sent++;
            }
        }
        stats.onReceived(sent, (long) sent * cut.lengths()[0]);
        stats.netflow().onCut(sent);
    }

    /** One that has been started anew has no templates; what it refuses is the only sign of that. */
    private void retellThoseWhoRefused(long nowNs) {
        for (int i = 0; i < targets.length; i++) {
            long refused = targets[i].unreachable().value();
            if (refused != refusals[i] && nowNs - retoldAtNs[i] > RETELL_INTERVAL_NS) {
                refusals[i] = refused;
                retoldAtNs[i] = nowNs;
                retell(i);
            }
        }
    }

    private void retell(int target) {
        for (Exporter exporter : templates.exporters()) {
            for (byte[] message : Retelling.of(exporter, MAX_RETOLD_BYTES)) {
                DatagramBatch told = written.tell(exporter, message);
                if (!hairpin.isFrom(told, 0, target)) {
                    stats.onReceived(1, message.length);
                    writtenCopies.sendAll(told, targets[target]);
                    stats.netflow().onRetold(1);
                }
            }
        }
    }
}
