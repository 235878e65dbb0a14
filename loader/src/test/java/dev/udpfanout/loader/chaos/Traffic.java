package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.cluster.traffic.Flow;
import dev.udpfanout.lab.cluster.traffic.PodSockets;
import dev.udpfanout.lab.cluster.traffic.SteadyTraffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Numbered datagrams at a steady rate from the client to each listener, and which of them arrived at any pod. */
public final class Traffic implements AutoCloseable {
    /** Of all flows together, in datagrams. */
    static final int PER_SECOND = 20_000;

    /**
     * So many in a row have arrived, which takes half a second: delivery is as it was. What has been mended in two
     * steps, such as an address and the local route that comes with it, has a gap in between.
     */
    private static final int ROW = 5_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final PodSockets sockets = new PodSockets();
    private final List<AutoCloseable> receivers = new ArrayList<>();
    private final List<Flow> flows;
    private final SteadyTraffic sending;
    private final long startNanos = System.nanoTime();
    private boolean stopped;

    /** Starts to send from one socket to each destination. */
    Traffic(Topology topology, int podPort, List<InetSocketAddress> destinations) throws IOException {
        topology.pods().forEach(pod -> receivers.add(sockets.open(pod, podPort)));
        flows = destinations.stream()
                .map(destination -> sockets.flow(topology.client(), destination))
                .toList();
        sending = new SteadyTraffic(flows, PER_SECOND / destinations.size());
    }

    /** The first number of each flow that has not been sent yet. */
    public List<Integer> next() {
        return flows.stream().map(Flow::sent).toList();
    }

    /** Lets so many more be sent by each flow. */
    public void awaitSent(int more) {
        sending.awaitSent(more);
    }

    /**
     * Waits until each flow arrives again without a gap.
     *
     * @param from of each flow the first number that counts
     * @param limit the longest wait
     * @return false if the limit passed
     */
    boolean awaitRow(List<Integer> from, Duration limit) {
        return BoundedWait.until(() -> !rows(from).contains(-1), limit);
    }

    /** Of each flow the number with which the first row from a number on begins; -1 if there is none. */
    List<Integer> rows(List<Integer> from) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < flows.size(); i++) {
            rows.add(flows.get(i).rowFrom(from.get(i), ROW));
        }
        return rows;
    }

    /** How many datagrams the client's kernel refused. */
    long refused() {
        return flows.stream().mapToLong(Flow::refused).sum();
    }

    /** How many have been sent up to now. */
    public long sent() {
        return flows.stream().mapToLong(Flow::sent).sum();
    }

    /** How many came that had come before. */
    public long duplicates() {
        return flows.stream().mapToLong(Flow::duplicates).sum();
    }

    /** How many a second were really sent. */
    long perSecond() {
        return sent() * NANOS_PER_SECOND / (System.nanoTime() - startNanos);
    }

    /**
     * How many have not arrived of those sent between two moments.
     *
     * @param from what {@link #next()} was at the first
     * @param to what it was at the second
     */
    public long lostBetween(List<Integer> from, List<Integer> to) {
        long lost = 0;
        for (int i = 0; i < flows.size(); i++) {
            lost += flows.get(i).lostBetween(from.get(i), to.get(i));
        }
        return lost;
    }

    /** Of each flow the numbers that have not arrived. */
    List<BitSet> lost() {
        return flows.stream().map(Flow::lost).toList();
    }

    /** Stops to send, and waits for what is under way. */
    void stop() {
        sending.stop();
    }

    @Override
    public void close() throws Exception {
        if (!stopped) {
            stopped = true;
            sending.close();
            for (AutoCloseable receiver : receivers) {
                receiver.close();
            }
            sockets.close();
        }
    }
}
