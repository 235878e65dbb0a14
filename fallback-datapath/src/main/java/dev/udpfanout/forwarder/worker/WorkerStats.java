package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.DropReason;

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

    WorkerStats() {
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

    public void onDropped(DropReason reason, int datagrams) {
        dropped[reason.ordinal()].add(datagrams);
    }

    public void onUnreachable(Target target) {
        onDropped(DropReason.UNREACHABLE, 1);
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
