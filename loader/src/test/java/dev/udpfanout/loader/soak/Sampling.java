package dev.udpfanout.loader.soak;

import dev.udpfanout.lab.process.CommandFailedException;
import dev.udpfanout.loader.chaos.NodeLab;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Takes a sample every ten seconds, and draws all of them every minute, until it is closed. Before some of them, at the
 * beginning and every five minutes, the daemon's JVM makes a full collection: by itself it may not need one for hours,
 * and garbage that fills its heap up to the limit is no leak.
 */
final class Sampling implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final int DRAWN_EVERY = 6;
    private static final int COLLECTED_EVERY = 30;
    private static final Duration LAST_LIMIT = Duration.ofSeconds(60);

    private final Sampler sampler;
    private final SoakReport report;
    private final PrintStream out;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread thread;

    /** Starts. */
    Sampling(NodeLab lab, SoakReport report, PrintStream out) throws IOException {
        this.sampler = new Sampler(lab);
        this.report = report;
        this.out = out;
        report.begin();
        thread = Thread.ofPlatform().daemon().name("soak-sampling").start(this::run);
    }

    private void run() {
        try {
            for (int i = 1; !ending.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS); i++) {
                if (i % COLLECTED_EVERY == 1) {
                    collect();
                }
                sample();
                if (i % DRAWN_EVERY == 0) {
                    report.draw();
                }
            }
        } catch (InterruptedException | IOException e) {
            out.println("no more samples: " + e);
        }
    }

    private void collect() {
        try {
            sampler.collect();
        } catch (CommandFailedException e) {
            out.println("no collection: " + e.getMessage());
        }
    }

    private void sample() throws IOException {
        Sample sample;
        try {
            sample = sampler.take();
        } catch (IOException | RuntimeException e) {
            // The daemon is gone, which is not for the samples to judge.
            out.println("no sample: " + e);
            return;
        }
        report.append(sample);
    }

    /** Takes the last one, in which all is settled that was sent. */
    @Override
    public void close() throws IOException {
        if (ending.getCount() == 0) {
            return;
        }
        ending.countDown();
        try {
            thread.join(LAST_LIMIT);
            sampler.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            out.println("no last sample: " + e);
            return;
        }
        sample();
    }
}
