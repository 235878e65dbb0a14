package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.Chains;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.forwarder.spread.RoundRobin;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Gives a batch's datagrams to targets by the policy in force. The event loop's. */
public final class Dispatcher {
    private final RoundRobin turns;
    private final BatchSender sender;
    private final CopySender copies;
    private final Optional<NetflowSender> netflow;
    private final MetricSender metrics;
    private final Hairpin hairpin;
    private final DatagramBatch share;
    private final Chains chains;
    private final int[] endpointOf;
    private Spread spread = Spread.IN_TURN;

    /**
     * @param netflow there if the spread may be {@link Spread#NETFLOW}
     * @param capacity datagrams of a batch at the most
     */
    public Dispatcher(
            RoundRobin turns,
            BatchSender sender,
            CopySender copies,
            Optional<NetflowSender> netflow,
            MetricSender metrics,
            Hairpin hairpin,
            ReceiveMemory receive,
            int capacity) {
        this.turns = turns;
        this.sender = sender;
        this.copies = copies;
        this.netflow = netflow;
        this.metrics = metrics;
        this.hairpin = hairpin;
        this.share = new DatagramBatch(receive, capacity);
        this.chains = new Chains(capacity);
        this.endpointOf = new int[capacity];
    }

    /** From the next batch on. */
    void use(Spread next, SocketTarget[] targets) {
        spread = next;
        hairpin.use(targets);
        switch (next) {
            // In turn, too: what would go to its own sender has an endpoint of its own.
            case Spread.InTurn inTurn -> chains.useEndpoints(targets.length);
            case Spread.Chosen chosen -> chains.useEndpoints(targets.length);
            case PayloadHash hash -> chains.useEndpoints(targets.length);
            case MetricHash hash -> metrics.use(targets);
            case Spread.ToAll toAll -> copies.open();
            case Spread.Netflow records -> netflow.orElseThrow().use(targets);
        }
    }

    /** @param targets those that go with the spread in force; at least one */
    public void send(DatagramBatch batch, SocketTarget[] targets) {
        switch (spread) {
            case Spread.InTurn inTurn -> sendInTurn(batch, targets);
            case Spread.Chosen chosen -> sendChosen(batch, targets, chosen);
            case PayloadHash hash -> sendByPayload(batch, targets, hash);
            case MetricHash hash -> metrics.send(batch, targets, hash);
            case Spread.ToAll toAll -> copies.send(batch, targets, hairpin, share);
            case Spread.Netflow records -> netflow.orElseThrow().send(batch);
        }
    }

    /** There is no target yet, or none any more: what later ones will need is remembered. */
    public void sendToNobody(DatagramBatch batch) {
        netflow.ifPresent(records -> records.learn(batch));
    }

    private void sendInTurn(DatagramBatch batch, SocketTarget[] targets) {
        int turn = turns.takeTurns(batch.count(), targets.length);
        if (!hairpin.isInTurn(batch, turn)) {
            sender.send(batch, targets, turn);
            return;
        }
        for (int i = 0; i < batch.count(); i++) {
            endpointOf[i] = turn;
            turn = turn + 1 == targets.length ? 0 : turn + 1;
        }
        sendAssigned(batch, targets);
    }

    private void sendChosen(DatagramBatch batch, SocketTarget[] targets, Spread.Chosen chosen) {
        if (chosen.readsSources()) {
            chooseBySource(batch, chosen);
        } else {
            for (int i = 0; i < batch.count(); i++) {
                endpointOf[i] = chosen.endpoint(0, 0, 0);
            }
        }
        sendAssigned(batch, targets);
    }

    private void sendByPayload(DatagramBatch batch, SocketTarget[] targets, PayloadHash hash) {
        MemorySegment memory = batch.memory();
        boolean readsSources = hash.readsSources();
        for (int i = 0; i < batch.count(); i++) {
            long source = batch.sourceAt(i);
            int endpoint = hash.endpoint(
                    readsSources ? SourceBits.high(memory, source) : 0,
                    readsSources ? SourceBits.low(memory, source) : 0,
                    memory,
                    batch.payloadAt(i),
                    batch.lengths()[i]);
            endpointOf[i] = endpoint == PayloadHash.IN_TURN ? turns.takeTurns(1, targets.length) : endpoint;
        }
        sendAssigned(batch, targets);
    }

    private void sendAssigned(DatagramBatch batch, SocketTarget[] targets) {
        hairpin.redirect(batch, endpointOf);
        chains.link(endpointOf, batch.count());
        for (int chain = 0; chain < chains.count(); chain++) {
            share.clear();
            for (int i = chains.first(chain); i != Chains.NONE; i = chains.next(i)) {
                share.add(batch, i);
            }
            sender.sendAll(share, targets[endpointOf[chains.first(chain)]]);
        }
    }

    private void chooseBySource(DatagramBatch batch, Spread.Chosen chosen) {
        MemorySegment memory = batch.memory();
        for (int i = 0; i < batch.count(); i++) {
            long source = batch.sourceAt(i);
            endpointOf[i] = chosen.endpoint(
                    SourceBits.high(memory, source), SourceBits.low(memory, source), SourceBits.port(memory, source));
        }
    }
}
