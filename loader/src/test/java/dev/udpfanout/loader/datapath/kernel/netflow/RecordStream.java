package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.lab.BoundedWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** An exporter of one record after the other, from 0, until it is ended. */
final class RecordStream {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofNanos(200_000);

    private final DatagramSocket socket;
    private final InetSocketAddress to;
    private final Thread thread;
    private volatile int sent;
    private volatile boolean isEnding;

    /** Begins. */
    RecordStream(DatagramSocket socket, InetSocketAddress to) {
        this.socket = socket;
        this.to = to;
        this.thread = Thread.ofPlatform().name("exporter").start(this::send);
    }

    private void send() {
        try {
            while (!isEnding) {
                int record = sent;
                ModeHandoverTest.send(socket, to, new FlowMessage(false, record + 1).data(record));
                sent = record + 1;
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitFurther(int records) {
        int until = sent + records;
        if (!BoundedWait.until(() -> sent >= until, LIMIT)) {
            throw new IllegalStateException("only " + sent + " records sent");
        }
    }

    /** All that were sent. */
    List<Integer> end() throws InterruptedException {
        isEnding = true;
        thread.join();
        return IntStream.range(0, sent).boxed().toList();
    }
}
