package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Reason;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.BackOff;
import dev.udpfanout.loader.kubernetes.watch.Signal;
import io.fabric8.kubernetes.api.model.Service;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a publisher: makes the API server have what was last wished for, and keeps it so. */
final class PublisherLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PublisherLoop.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    /** Requests have a time-out of their own, which is shorter. */
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);

    /** What can be wished for. */
    enum Wish {
        /** Nothing yet. */
        NONE,
        READY,
        NOT_READY,
        WITHDRAWN,
        /** No slice at all. */
        REMOVED
    }

    /** What the API server should have, or has; for another Service, or a port of another name, it is another one. */
    private record Publication(Wish wish, Optional<PublishedPort> port) {
        static final Publication NOTHING = new Publication(Wish.NONE, Optional.empty());
    }

    private final ServiceName service;
    private final InetSocketAddress endpoint;
    private final NodeSlice slice;
    private final EarlierSlice earlier;
    private final PublisherTiming timing;
    private final BackOff backOff;
    private final Signal signal = new Signal();
    private final Thread thread;
    private final Object lock = new Object();
    private volatile boolean closed;
    private volatile Optional<PublisherLoop> predecessor = Optional.empty();

    // Under the lock.
    private Wish wish = Wish.NONE;
    private Optional<List<Service>> services = Optional.empty();
    private Publication published = Publication.NOTHING;
    private long applied;
    private long errors;

    // The thread's own.
    private Publication refused = Publication.NOTHING;
    private long nextNanos = System.nanoTime();
    private String complaint = "";

    PublisherLoop(
            ServiceName service,
            InetSocketAddress endpoint,
            NodeSlice slice,
            EarlierSlice earlier,
            PublisherTiming timing) {
        this.service = service;
        this.endpoint = endpoint;
        this.slice = slice;
        this.earlier = earlier;
        this.timing = timing;
        this.backOff = new BackOff(timing.leastBackOff(), timing.mostBackOff(), new SplittableRandom());
        this.thread = Thread.ofPlatform().name("publish to " + service).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Starts with what is to be done once another has ended, which is told to. */
    void startAfter(PublisherLoop other) {
        other.end();
        predecessor = Optional.of(other);
        thread.start();
    }

    /** Ends it, after the request that it may be in the middle of; does not wait for that. */
    void end() {
        closed = true;
        signal.raise();
    }

    /** Whether nothing comes of it any more. */
    boolean hasEnded() {
        return closed && !thread.isAlive();
    }

    void wish(Wish newWish) {
        synchronized (lock) {
            wish = newWish;
        }
        signal.raise();
    }

    /** All Services of the name: one or none. */
    void onService(List<Service> found) {
        synchronized (lock) {
            services = Optional.of(List.copyOf(found));
        }
        signal.raise();
    }

    PublisherState state() {
        synchronized (lock) {
            return new PublisherState(published.equals(wanted()), published.wish() == Wish.READY, applied, errors);
        }
    }

    /** Wishes, and waits until it is so; false if the time runs out before. */
    boolean bringAbout(Wish newWish, Duration timeout) {
        wish(newWish);
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (published.wish() != newWish || !published.equals(wanted())) {
                long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    return false;
                }
                try {
                    lock.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        }
    }

    /** Call with the lock held. */
    private Publication wanted() {
        Optional<PublishedPort> port = wish == Wish.REMOVED || wish == Wish.NONE
                ? Optional.empty()
                : services.flatMap(found -> found.stream().findFirst())
                        .flatMap(found -> PublishedPort.of(found, endpoint.getPort()));
        return new Publication(wish, port);
    }

    private void run() {
        predecessor.ifPresent(PublisherLoop::awaitEnd);
        predecessor = Optional.empty();
        while (!closed) {
            step();
            signal.await(Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime())));
        }
    }

    private void awaitEnd() {
        try {
            thread.join(REQUEST_LIMIT);
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void step() {
        Publication target;
        boolean upToDate;
        synchronized (lock) {
            target = wanted();
            upToDate = target.equals(published);
        }
        boolean early = nextNanos - System.nanoTime() > 0;
        if (early && (upToDate || target.equals(refused))) {
            return;
        }
        if (!isPossible(target)) {
            refused = Publication.NOTHING;
            next(timing.refresh());
            return;
        }
        try {
            bringAbout(target);
            succeeded(target, upToDate);
        } catch (RuntimeException e) {
            failed(target, e);
        }
    }

    private boolean isPossible(Publication target) {
        if (target.wish() == Wish.NONE) {
            return false;
        }
        if (target.wish() == Wish.REMOVED || target.port().isPresent()) {
            return true;
        }
        synchronized (lock) {
            if (services.isEmpty()) {
                return false;
            }
            boolean noService = services.get().isEmpty();
            complain(noService ? "no such Service" : "the Service has no UDP port for the listener");
            // With the Service gone, there is nobody to tell.
            return noService && target.wish() == Wish.WITHDRAWN;
        }
    }

    private void complain(String reason) {
        if (!reason.equals(complaint)) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("port", endpoint.getPort())
                    .addKeyValue("reason", reason)
                    .log("failed to publish this node's readiness, will retry");
        }
        complaint = reason;
    }

    private void bringAbout(Publication target) {
        if (target.wish() == Wish.REMOVED) {
            slice.delete();
        } else if (target.port().isPresent()) {
            slice.apply(target.port().get(), Readiness.valueOf(target.wish().name()));
            // Afterwards, so that a node that is ready is so all the time.
            earlier.empty();
        }
    }

    private void succeeded(Publication target, boolean refreshed) {
        synchronized (lock) {
            published = target;
            applied++;
            lock.notifyAll();
        }
        refused = Publication.NOTHING;
        backOff.reset();
        next(timing.refresh());
        if (!refreshed || !complaint.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("slice", slice.name())
                    .log("published: {}", target.wish().name().toLowerCase(java.util.Locale.ROOT));
        }
        complaint = "";
    }

    private void failed(Publication target, RuntimeException failure) {
        if (closed) {
            return;
        }
        synchronized (lock) {
            errors++;
        }
        refused = target;
        next(backOff.afterFailure());
        if (complaint.isEmpty()) {
            complain(Reason.of(failure));
        }
    }

    private void next(Duration pause) {
        nextNanos = System.nanoTime() + pause.toNanos();
    }

    @Override
    public void close() {
        closed = true;
        signal.raise();
        // It may be in the middle of a request.
        thread.interrupt();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
