package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;

/** One receiver on each of several pods. */
public final class PodReceivers implements AutoCloseable {
    private final List<DatagramReceiver> receivers;

    private PodReceivers(List<DatagramReceiver> receivers) {
        this.receivers = receivers;
    }

    /** Starts a receiver in each namespace, all on one port, for one run. */
    public static PodReceivers start(List<LabNamespace> pods, int port, long runId) {
        return start(pods, port, StandardProtocolFamily.INET, runId);
    }

    /** As above, for one of the two families. */
    public static PodReceivers start(List<LabNamespace> pods, int port, StandardProtocolFamily family, long runId) {
        return new PodReceivers(pods.stream()
                .map(pod -> DatagramReceiver.in(pod)
                        .port(port)
                        .family(family)
                        .expecting(runId)
                        .start())
                .toList());
    }

    /** The receivers, in the order of the pods. */
    public List<DatagramReceiver> receivers() {
        return receivers;
    }

    /** How many datagrams have come at all pods together. */
    public long received() {
        return receivers.stream().mapToLong(DatagramReceiver::received).sum();
    }

    /** Waits until at least so many have come at all pods together; false if the limit passes first. */
    public boolean awaitReceived(long atLeast, Duration limit) {
        return BoundedWait.until(() -> received() >= atLeast, limit);
    }

    /** Stops all; their reports in the order of the pods. */
    public List<ReceiverReport> stop() {
        return receivers.stream().map(DatagramReceiver::stop).toList();
    }

    @Override
    public void close() {
        stop();
    }
}
