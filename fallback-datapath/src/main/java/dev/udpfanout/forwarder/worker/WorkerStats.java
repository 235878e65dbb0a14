package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.DropReason;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/** What one worker counts. Only the worker raises the counts. */
public final class WorkerStats {
    private final Counter received = new Counter();
    private final Counter receivedBytes = new Counter();
    private final Counter forwarded = new Counter();
    private final Counter forwardedBytes = new Counter();
    private final Counter receiveErrors = new Counter();
    private final FlowStats flows = new FlowStats();
    private final NetflowStats netflow = new NetflowStats();
    private final Counter[] dropped = new Counter[DropReason.values().length];

    private final DropNotes notes;

    /** @param notes told of each drop */
    WorkerStats(DropNotes notes) {
        this.notes = notes;
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = new Counter();
        }
    }

    public void onReceived(int datagrams, long bytes) {
        received.add(datagrams);
        receivedBytes.add(bytes);
    }

    public void onForwarded(Target target, int datagrams, long bytes) {
        forwarded.add(datagrams);
        forwardedBytes.add(bytes);
        target.forwarded().add(datagrams);
        target.forwardedBytes().add(bytes);
    }

    /** All datagrams of a batch, for which no target was chosen. */
    public void onDropped(DropReason reason, DatagramBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            onDropped(reason, batch, i, null);
        }
    }

    /**
     * One datagram of a batch.
     *
     * @param target null if none was chosen
     */
    public void onDropped(DropReason reason, DatagramBatch batch, int index, Target target) {
        onDropped(reason, batch.memory(), batch.sourceAt(index), 1, batch.lengths()[index], target);
    }

    /**
     * Datagrams of one message.
     *
     * @param sourceAt where the sender's sockaddr stands, if it is received
     * @param payloadBytes of all of them
     * @param target null if none was chosen
     */
    public void onDropped(
            DropReason reason, MemorySegment memory, long sourceAt, int datagrams, int payloadBytes, Target target) {
        dropped[reason.ordinal()].add(datagrams);
        notes.note(reason, memory, sourceAt, datagrams, payloadBytes, target);
    }

    /**
     * One datagram where senders are objects.
     *
     * @param source null if it is not known
     * @param target null if none was chosen
     */
    public void onDropped(DropReason reason, InetSocketAddress source, int payloadBytes, Target target) {
        dropped[reason.ordinal()].add(1);
        notes.note(reason, source, payloadBytes, target);
    }

    /** ICMP tells of an earlier datagram; of which, nobody knows. */
    public void onUnreachable(Target target) {
        dropped[DropReason.UNREACHABLE.ordinal()].add(1);
        notes.note(DropReason.UNREACHABLE, null, 0, target);
        target.unreachable().add(1);
    }

    void onReceiveError() {
        receiveErrors.add(1);
    }

    /** What has been counted of NetFlow and IPFIX. */
    public NetflowStats netflow() {
        return netflow;
    }

    /** What has been counted of flows and replies. */
    public FlowStats flows() {
        return flows;
    }

    public long received() {
        return received.value();
    }

    public long receivedBytes() {
        return receivedBytes.value();
    }

    public long forwarded() {
        return forwarded.value();
    }

    public long forwardedBytes() {
        return forwardedBytes.value();
    }

    public long receiveErrors() {
        return receiveErrors.value();
    }

    public long dropped(DropReason reason) {
        return dropped[reason.ordinal()].value();
    }
}
