package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PathSocket;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Somebody who sends: sockets of a namespace, and what its kernel knows of the path. */
final class Sender {
    /** What all payloads of this process carry. */
    static final long RUN_ID = DatagramSender.newRunId();

    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final LabNamespace namespace;
    private final InetAddress address;
    private final PathSocket probe;
    private final FileOutputStream flush;

    Sender(LabNamespace namespace, InetAddress address) {
        this.namespace = namespace;
        this.address = address;
        this.probe = namespace.closedWithTopology(namespace.call(() -> PathSocket.open(address)));
        // A setting that is opened in a namespace stays that namespace's.
        this.flush = namespace.closedWithTopology(
                namespace.call(() -> new FileOutputStream("/proc/sys/net/ipv4/route/flush")));
    }

    /** A sequence number that no other datagram has. */
    static long nextSequence() {
        return SEQUENCE.incrementAndGet();
    }

    /** Opens sockets: each is a flow of its own. */
    List<PathSocket> open(int flows) {
        return namespace.call(() -> {
            List<PathSocket> sockets = new ArrayList<>();
            IntStream.range(0, flows).forEach(flow -> sockets.add(PathSocket.open(address)));
            return sockets;
        });
    }

    /** The MTU that its kernel knows of the path, in bytes with the IP header. */
    int pathMtu(InetSocketAddress to) {
        return probe.pathMtu(to);
    }

    /** Has its kernel forget every path MTU that it has learnt. */
    void forgetPathMtu() {
        try {
            flush.write("0".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (address.getAddress().length > 4) {
            namespace.exec("ip", "-6", "route", "flush", "cache");
        }
    }
}
