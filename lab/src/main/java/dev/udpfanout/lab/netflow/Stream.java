package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The tests' own exporter: it does what Debian's do not. It has three domains, tells each template once, sampling as
 * options data, a further template between records of one message, and another template under the same id; after these
 * beginnings only records come.
 */
final class Stream implements AutoCloseable {
    /** Of so many packets it says it has looked at one. */
    static final int ONE_OF = 100;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(1);
    private static final int DOMAINS = 3;
    private static final int SAMPLING_ID = 512;
    private static final FlowLayout FIRST = new FlowLayout(256, 0);
    private static final FlowLayout CHANGED = new FlowLayout(256, 2);
    private static final FlowLayout FURTHER = new FlowLayout(257, 1);

    /** Messages after which a domain's template changes, and another has a further one. */
    private static final int CHANGE_AT = 60;

    private final Ground ground;
    private final Exporter exporter;
    private final DatagramSocket socket;
    private final Thread thread;
    private final FlowLayout[] layouts = {FIRST, FIRST, FIRST};
    private final int[] sequences = new int[DOMAINS];
    private volatile int records;
    private volatile int messages;
    private boolean isPaused;
    private boolean isEnding;

    Stream(Ground ground, Exporter exporter) {
        this.ground = ground;
        this.exporter = exporter;
        this.socket = ground.client().closedWithTopology(ground.client().call(DatagramSocket::new));
        this.thread = ground.client().thread("exporter", this::send);
    }

    /** Begins to send. */
    void start() {
        thread.start();
    }

    /** Waits until so many records more have been sent. */
    void awaitRecords(int further) {
        int until = records + further;
        if (!BoundedWait.until(() -> records >= until, LIMIT)) {
            throw new IllegalStateException("only " + records + " of " + until + " records sent");
        }
    }

    /** Stops sending for a while; how many records were sent so far. */
    synchronized int pause() {
        isPaused = true;
        return records;
    }

    /** Goes on. */
    synchronized void resume() {
        isPaused = false;
        notifyAll();
    }

    /** How many records were sent so far: the first numbers of this exporter, from 1. */
    int records() {
        return records;
    }

    /** How many messages were sent so far. */
    int messages() {
        return messages;
    }

    /** Ends it; how many records were sent. */
    int stop() {
        synchronized (this) {
            isEnding = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return records;
    }

    private void send() {
        try {
            while (sendNext()) {
                LockSupport.parkNanos(BETWEEN_MESSAGES.toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean sendNext() throws IOException, InterruptedException {
        while (isPaused && !isEnding) {
            wait();
        }
        if (!isEnding) {
            byte[] message = message(messages);
            messages++;
            socket.send(new DatagramPacket(message, message.length, ground.destination()));
        }
        return !isEnding;
    }

    private byte[] message(int number) {
        int domain = number % DOMAINS;
        // nfacctd tells templates by the exporter's address and the domain alone, not by port or version.
        int domainId = exporter.ordinal() * DOMAINS + domain;
        FlowMessage message = exporter == Exporter.OWN_IPFIX
                ? FlowMessage.ipfix(sequences[domain], domainId)
                : FlowMessage.v9(sequences[domain], domainId);
        if (number < DOMAINS) {
            message.templates(FIRST).samplingTemplate(SAMPLING_ID);
            message.sampling(SAMPLING_ID, ONE_OF, 1, 2, 3);
        }
        int before = records;
        message.records(layouts[domain], next(1 + number % 4));
        if (number / DOMAINS == CHANGE_AT && domain > 0) {
            layouts[domain] = domain == 1 ? FURTHER : CHANGED;
            message.templates(layouts[domain]).records(layouts[domain], next(2));
        }
        // Of v9 the messages, of IPFIX the records are counted: RFC 3954 section 5.1, RFC 7011 section 3.1.
        sequences[domain] += exporter == Exporter.OWN_IPFIX ? records - before : 1;
        return message.bytes();
    }

    private long[] next(int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = FlowNumbers.number(exporter.ordinal(), records + 1 + i);
        }
        records += count;
        if (records > FlowNumbers.MAX_RECORDS) {
            throw new IllegalStateException("more than " + FlowNumbers.MAX_RECORDS + " records");
        }
        return numbers;
    }

    @Override
    public void close() {
        stop();
        socket.close();
    }
}
