package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.NetflowCounters.Telling;
import dev.udpfanout.forwarder.netflow.ExporterState;
import dev.udpfanout.forwarder.netflow.RetellingRound;
import dev.udpfanout.forwarder.netflow.SharedSets;
import dev.udpfanout.forwarder.netflow.TemplateJournal;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.forwarder.netflow.Verdict;
import dev.udpfanout.forwarder.spread.RoundRobin;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.NetflowMessages;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Gives records of NetFlow v9 and IPFIX to the endpoints in turn, and templates to all, before any later record. Sends
 * with sendmmsg(2), whatever the transport: what is submitted to a ring may be overtaken. An exporter's datagrams must
 * all come to this worker. The event loop's.
 */
public final class NetflowSender {
    private static final IntConsumer NOTHING = slot -> {};

    private final TemplateMemory templates;
    private final Optional<TemplateJournal> journal;
    private final SharedSets shared;
    private final RetellingRound retelling;
    private final Introductions introductions;
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
    private long nowNs;

    /**
     * @param limits of this worker's memory; where they outlive it is in {@code setup}
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
        this.journal = setup.templates();
        this.templates = new TemplateMemory(limits, journal);
        this.shared = new SharedSets(templates, journal);
        this.retelling = new RetellingRound(templates, setup.config().netflow());
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
        this.copies = PieceSender.ofCopies(setup, layout, receive, stats, arena);
        this.writtenCopies = PieceSender.ofCopies(setup, layout, written.memory(), stats, arena);
        // One worker of all tells what nobody has taken yet.
        this.introductions =
                new Introductions(templates, setup.number() == 0, setup.loop(), written, writtenCopies, hairpin, stats);
        this.run = new DatagramBatch(receive, capacity);
        this.one = new DatagramBatch(receive, 1);
        this.endpointOf = new int[capacity];
    }

    /** Before the next batch: endpoints that are new are told all templates. */
    void use(SocketTarget[] next) {
        targets = next;
        hairpin.use(next);
        nowNs = System.nanoTime();
        templates.forgetOld(nowNs);
        introductions.use(next);
    }

    /** Writes all that is known into the journal. */
    void keep() {
        journal.ifPresent(templates::keepIn);
    }

    /** Those of whom there are templates. */
    List<ExporterState> exporters() {
        return templates.states();
    }

    /** Remembers the templates of datagrams that there is no endpoint for. */
    void learn(DatagramBatch batch) {
        nowNs = System.nanoTime();
        for (int i = 0; i < batch.count(); i++) {
            if (judge(batch, i) == Verdict.MALFORMED) {
                stats.netflow().onMalformed();
            }
        }
        stats.netflow().set(templates);
    }

    private Verdict judge(DatagramBatch batch, int index) {
        return shared.judge(
                batch.memory(), batch.payloadAt(index), batch.lengths()[index], batch.sourceAt(index), nowNs);
    }

    /** There is at least one target. */
    void send(DatagramBatch batch) {
        nowNs = System.nanoTime();
        run.clear();
        for (int i = 0; i < batch.count(); i++) {
            switch (judge(batch, i)) {
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
        introductions.tellAgain(retelling.next(nowNs, Introductions.MAX_BYTES));
        stats.netflow().set(templates);
        for (int i = 0; i < batch.count(); i++) {
            onSent.accept(batch.slot(i));
        }
    }

    private void flush() {
        if (run.count() == 0) {
            return;
        }
        introductions.payDebts(nowNs);
        int turn = turns.takeTurns(run.count(), targets.length);
        if (introductions.debts().any() || hairpin.isInTurn(run, turn)) {
            sendOneByOne(turn);
        } else {
            data.send(run, targets, turn);
        }
        run.clear();
    }

    private void sendOneByOne(int first) {
        for (int i = 0; i < run.count(); i++) {
            endpointOf[i] = introductions.debts().instead((first + i) % targets.length);
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
                    tell(copies, one, target);
                    sent++;
                }
            }
            stats.onReceived(sent - 1, (sent - 1L) * batch.lengths()[index]);
            stats.netflow().onTold(Telling.COPIED, sent);
        }
    }

    private void sendBoth(DatagramBatch batch, int index) {
        if (!admit(batch, index)) {
            return;
        }
        endpointOf[0] = introductions.debts().instead(turns.takeTurns(1, targets.length));
        hairpin.redirect(one, endpointOf);
        int whole = endpointOf[0];
        DatagramBatch cut = written.cut(batch, index, shared);
        tell(data, one, whole);
        int sent = 0;
        for (int target = 0; target < targets.length; target++) {
            if (target != whole && !hairpin.isFrom(cut, 0, target)) {
                tell(writtenCopies, cut, target);
                sent++;
            }
        }
        stats.onReceived(sent, (long) sent * cut.lengths()[0]);
        stats.netflow().onTold(Telling.CUT, sent);
    }

    /** Sends a message with templates; an endpoint that the kernel does not send it to lacks them. */
    private void tell(BatchSender by, DatagramBatch message, int target) {
        long before = stats.forwarded();
        by.sendAll(message, targets[target]);
        if (stats.forwarded() == before) {
            introductions.onMissed(target);
        }
    }
}
