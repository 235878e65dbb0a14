package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A receiver of StatsD: it keeps the lines of each datagram, in the order in which they came. */
public final class MetricReceiver implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final DatagramLoop loop;

    private MetricReceiver(LabNamespace namespace, int port) {
        this.loop = new DatagramLoop(namespace, "statsd", port, this::take);
    }

    /** Receives what is for a port of a namespace, over both families. */
    public static MetricReceiver in(LabNamespace namespace, int port) {
        return new MetricReceiver(namespace, port);
    }

    private void take(ByteBuffer datagram) {
        String text = StandardCharsets.ISO_8859_1.decode(datagram).toString();
        lines.addAll(List.of(text.split("\n")));
    }

    /** What has come. */
    public List<String> lines() {
        return lines;
    }

    /** How many datagrams that was. */
    public long datagrams() {
        return loop.datagrams();
    }

    @Override
    public void close() {
        loop.close();
    }
}
