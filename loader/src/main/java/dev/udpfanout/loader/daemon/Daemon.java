package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: sets the datapath up, then keeps the kernel as the configuration wants it until it is told to stop. One thread
 * does all of it, the one that calls {@link #run()}; others only wake it.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** Even if no event comes, or one gets lost. */
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    /** Between two comparisons, so that a storm of events costs little. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Config config;
    private final Supplier<Datapath> datapaths;
    private final Wake wake = new Wake();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);

    /**
     * @param datapaths opens the datapath; called once, by the thread that runs the daemon
     */
    public Daemon(Config config, Supplier<Datapath> datapaths) {
        this.config = config;
        this.datapaths = datapaths;
    }

    /**
     * Runs until {@link #stop()}; then everything is taken back.
     *
     * @throws RuntimeException if the datapath cannot be set up: what was set up of it has been taken back
     */
    public void run() {
        try {
            runUntilStopped();
            LOG.info("stopped");
        } finally {
            running.countDown();
            finished.countDown();
        }
    }

    private void runUntilStopped() {
        try (Datapath datapath = datapaths.get()) {
            // Before the first comparison, so that nothing that happens after it goes unseen.
            NetworkWatch watch = NetworkWatch.start(wake::changed);
            try {
                setUp(datapath);
                running.countDown();
                keep(datapath);
            } finally {
                watch.close();
            }
            LOG.info("stopping");
        }
    }

    private void setUp(Datapath datapath) {
        for (ListenerConfig listener : config.listeners()) {
            datapath.apply(staticEndpoints(listener));
        }
        datapath.reconcile();
        LOG.atInfo().addKeyValue("listeners", config.listeners().size()).log("ready");
    }

    private static EndpointSet staticEndpoints(ListenerConfig listener) {
        return new EndpointSet(
                listener.name(),
                listener.downstream().stream()
                        .map(downstream -> new Endpoint(downstream.name(), downstream.address()))
                        .toList());
    }

    private void keep(Datapath datapath) {
        String lastFailure = "";
        Duration patience = CHECK_INTERVAL;
        while (wake.await(patience)) {
            try {
                datapath.reconcile();
                lastFailure = "";
                patience = CHECK_INTERVAL;
            } catch (RuntimeException e) {
                String failure = String.valueOf(e.getMessage());
                if (!failure.equals(lastFailure)) {
                    LOG.error("cannot mend the datapath, will go on trying: {}", failure);
                }
                lastFailure = failure;
                patience = RETRY_INTERVAL;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Asks the daemon to stop; any thread may. */
    public void stop() {
        wake.stop();
    }

    /** Waits until the daemon is set up or has failed to; true unless the time ran out. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits until {@link #run()} has taken everything back; true unless the time ran out. */
    public boolean awaitFinished(Duration timeout) throws InterruptedException {
        return finished.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
