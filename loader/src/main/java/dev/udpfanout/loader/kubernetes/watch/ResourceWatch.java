package dev.udpfanout.loader.kubernetes.watch;

import dev.udpfanout.loader.kubernetes.api.Reason;
import dev.udpfanout.loader.supervision.SupervisedThread;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows resources for as long as it is open, whatever the API server does. One informer after the other does the
 * work: when one fails or loses its watch, a new one lists anew after a back-off, and until it has, what is known stays
 * known.
 *
 * <p>The library's own reconnecting is not used: it has no jitter, says nothing of failures, and after 410 Gone or a
 * server restored from a backup it cannot be told apart from a watch that works.
 */
public final class ResourceWatch<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceWatch.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final String name;
    private final Supplier<? extends SharedIndexInformer<? extends T>> informers;
    private final WatchTiming timing;
    private final Consumer<List<T>> onState;
    private final BooleanSupplier isOutdated;
    private final SplittableRandom random = new SplittableRandom();
    private final BackOff backOff;
    private final Signal signal = new Signal();
    private final AtomicReference<WatchState> state = new AtomicReference<>(WatchState.INITIAL);
    private final SupervisedThread thread;
    private final Outage outage = new Outage();
    private volatile boolean closed;
    private volatile boolean asking;

    /**
     * @param name for threads and log lines
     * @param informers makes one that is not started yet; may ask the API server first
     * @param onState told of everything there is, after the first list and after every change; a burst of changes may
     *     come as one. Called on the watch's own thread; must be quick
     */
    public ResourceWatch(
            String name,
            Supplier<? extends SharedIndexInformer<? extends T>> informers,
            WatchTiming timing,
            Consumer<List<T>> onState) {
        this(name, informers, timing, onState, () -> false);
    }

    /** As above, with what says that what is known is not enough, so that everything is to be listed anew. */
    public ResourceWatch(
            String name,
            Supplier<? extends SharedIndexInformer<? extends T>> informers,
            WatchTiming timing,
            Consumer<List<T>> onState,
            BooleanSupplier isOutdated) {
        this.isOutdated = isOutdated;
        this.name = name;
        this.informers = informers;
        this.timing = timing;
        this.onState = onState;
        this.backOff = new BackOff(timing.leastBackOff(), timing.mostBackOff(), random);
        this.thread = new SupervisedThread("watch", "watch " + name, this::run, () -> closed);
    }

    /** Begins to follow; returns at once, and does not fail, whether there is an API server or not. */
    public void start() {
        thread.start();
    }

    /** How it is doing; any thread may ask. */
    public WatchState state() {
        return state.get();
    }

    private void run() {
        while (!closed) {
            Duration pause = follow();
            long until = System.nanoTime() + pause.toNanos();
            for (long left = pause.toNanos(); !closed && left > 0; left = until - System.nanoTime()) {
                signal.await(Duration.ofNanos(left));
            }
        }
    }

    /** One informer's life; returns how long to wait before the next one's. */
    private Duration follow() {
        long startNanos = System.nanoTime();
        try (WatchSession<T> session = new WatchSession<>(informer(), state, signal, InstantSource.system())) {
            session.start();
            Duration renewal = renewal();
            while (!closed) {
                signal.await(timing.check());
                session.takeChanges().ifPresent(this::report);
                Duration age = Duration.ofNanos(System.nanoTime() - startNanos);
                if (session.isWatching()) {
                    succeeded(age);
                } else if (session.wasWatching()) {
                    // Servers end watches as a routine; only if there is no new one, that is worth telling.
                    return backOff.afterFailure();
                }
                session.throwIfFailed();
                if (!session.wasWatching() && age.compareTo(timing.start()) > 0) {
                    throw new IllegalStateException("no watch after " + timing.start());
                }
                if (age.compareTo(renewal) > 0) {
                    return Duration.ZERO;
                }
                if (isOutdated.getAsBoolean()) {
                    return backOff.afterFailure();
                }
            }
        } catch (Exception e) {
            failed(e);
            return backOff.afterFailure();
        } finally {
            state.updateAndGet(last -> last.withConnected(false));
        }
        return Duration.ZERO;
    }

    private SharedIndexInformer<? extends T> informer() {
        asking = true;
        try {
            return informers.get();
        } finally {
            asking = false;
        }
    }

    private Duration renewal() {
        double share = random.nextDouble(0.75, 1.25);
        return Duration.ofNanos((long) (timing.renewal().toNanos() * share));
    }

    private void report(List<T> resources) {
        try {
            onState.accept(resources);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("watch", name)
                    .addKeyValue("reason", Reason.of(e))
                    .log("failed to process a watch update");
        }
    }

    private void succeeded(Duration age) {
        if (age.compareTo(timing.mostBackOff()) > 0) {
            backOff.reset();
        }
        if (outage.end()) {
            LOG.atInfo().addKeyValue("watch", name).log("watching Kubernetes again");
        }
    }

    private void failed(Exception failure) {
        if (closed) {
            return;
        }
        String reason = Reason.of(failure);
        state.updateAndGet(last -> last.withError(reason));
        if (outage.isNews(reason, System.nanoTime())) {
            LOG.atWarn()
                    .addKeyValue("watch", name)
                    .addKeyValue("reason", reason)
                    .log("failed to watch Kubernetes, will retry; the last known endpoints stay in force");
        }
    }

    /** Ends the watch; nobody is told of anything any more once this has returned. */
    @Override
    public void close() {
        closed = true;
        signal.raise();
        if (asking) {
            thread.interrupt();
        }
        thread.join(STOP_TIMEOUT);
    }
}
