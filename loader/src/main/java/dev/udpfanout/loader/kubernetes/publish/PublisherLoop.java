package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Reason;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.BackOff;
import dev.udpfanout.loader.kubernetes.watch.Signal;
import dev.udpfanout.loader.supervision.SupervisedThread;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** The thread of a publisher: makes the API server have what was last wished for, and keeps it so. */
final class PublisherLoop implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    /** Requests have a time-out of their own, which is shorter. */
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);

    private final NodeSlice slice;
    private final EarlierSlice earlier;
    private final PublisherTiming timing;
    private final BooleanSupplier watched;
    private final BooleanSupplier blind;
    private final PublisherLog log;
    private final PublicationState state;
    private final PublicationObstacles obstacles;
    private final SplittableRandom random = new SplittableRandom();
    private final BackOff backOff;
    private final Signal signal = new Signal();
    private final SupervisedThread thread;
    private volatile boolean closed;
    private volatile Optional<PublisherLoop> predecessor = Optional.empty();

    // The thread's own.
    private final MendPace mendPace = new MendPace(System.nanoTime(), random);
    private Publication refused = Publication.NOTHING;
    private String version = "";
    private long nextNanos = System.nanoTime();
    private long wakeNanos = nextNanos;
    private OptionalLong blindSinceNanos = OptionalLong.empty();

    /**
     * @param watched whether what is seen of the slice is what there is, but for what has just happened
     * @param blind whether the Service's slices cannot be had, although the API server answers
     */
    PublisherLoop(
            ServiceName service,
            PublishedEndpoint endpoint,
            NodeSlice slice,
            EarlierSlice earlier,
            PublisherTiming timing,
            BooleanSupplier watched,
            BooleanSupplier blind) {
        this.blind = blind;
        this.slice = slice;
        this.earlier = earlier;
        this.timing = timing;
        this.watched = watched;
        this.state = new PublicationState(endpoint.bind().getPort(), endpoint.source(slice.nodeName(), slice.name()));
        this.log = new PublisherLog(service, endpoint.bind().getPort(), slice.name());
        this.obstacles = new PublicationObstacles(endpoint);
        this.backOff = new BackOff(timing.leastBackOff(), timing.mostBackOff(), random);
        this.thread = new SupervisedThread("publish", "publish to " + service, this::run, () -> closed);
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
        state.wish(newWish);
        signal.raise();
    }

    /** All Services of the name: one or none. */
    void onService(List<Service> found) {
        state.services(found);
        signal.raise();
    }

    /** All slices of the Service. */
    void onSlices(List<EndpointSlice> found) {
        state.seen(found, slice.among(found));
        signal.raise();
    }

    PublisherState state() {
        return state.shown();
    }

    /** Wishes, and waits until it is so; false if the time runs out before. */
    boolean bringAbout(Wish newWish, Duration timeout) {
        wish(newWish);
        return state.await(newWish, timeout);
    }

    private void run() {
        predecessor.ifPresent(PublisherLoop::awaitEnd);
        predecessor = Optional.empty();
        while (!closed) {
            wakeNanos = System.nanoTime() + Long.MAX_VALUE / 2;
            step();
            wakeBy(nextNanos);
            signal.await(Duration.ofNanos(Math.max(0, wakeNanos - System.nanoTime())));
        }
    }

    private void awaitEnd() {
        thread.join(REQUEST_LIMIT);
    }

    /** For a role from before addresses were chosen: published without knowing what others have is better than not. */
    private void chooseBlindly() {
        if (!state.waitsForSlices() || !blind.getAsBoolean()) {
            blindSinceNanos = OptionalLong.empty();
            return;
        }
        long now = System.nanoTime();
        blindSinceNanos = OptionalLong.of(blindSinceNanos.orElse(now));
        if (now - blindSinceNanos.getAsLong() > timing.mostBackOff().toNanos()) {
            log.blind();
            state.seen(List.of(), Optional.empty());
        }
    }

    private void step() {
        chooseBlindly();
        PublicationState.Snapshot now = state.snapshot();
        Publication target = now.wanted();
        boolean early = nextNanos - System.nanoTime() > 0;
        if (early && target.equals(refused)) {
            return;
        }
        Optional<String> damage = now.upToDate() ? damage(now) : Optional.empty();
        if (early && now.upToDate() && damage.isEmpty()) {
            return;
        }
        if (!isPossible(target)) {
            refused = Publication.NOTHING;
            next(state.waitsForSlices() ? timing.leastBackOff() : refresh());
            return;
        }
        try {
            String before = version;
            bringAbout(now);
            damage.filter(any -> !version.equals(before)).ifPresent(this::mended);
            succeeded(target, now.upToDate());
        } catch (RuntimeException e) {
            failed(target, e);
        }
    }

    /** What is to be undone now; what it is too early for is looked at again when it is not. */
    private Optional<String> damage(PublicationState.Snapshot now) {
        Publication target = now.wanted();
        if (target.port().isEmpty() || target.address().isEmpty() || !watched.getAsBoolean()) {
            return Optional.empty();
        }
        Optional<String> damage = slice.damage(target, now.seen());
        if (damage.isPresent() && mendPace.earliestNanos() - System.nanoTime() > 0) {
            wakeBy(mendPace.earliestNanos());
            return Optional.empty();
        }
        return damage;
    }

    private boolean isPossible(Publication target) {
        if (target.wish() == Wish.NONE) {
            return false;
        }
        if (!target.wish().needsPort()) {
            return true;
        }
        if (target.port().isPresent()) {
            return hasAddress(target);
        }
        Optional<Boolean> hasService = state.hasService();
        if (hasService.isEmpty()) {
            return false;
        }
        if (!hasService.get() && target.wish() == Wish.WITHDRAWN) {
            // There is nobody to tell.
            return true;
        }
        log.hindered(hasService.get() ? "the Service has no UDP port for the listener" : "no such Service");
        return false;
    }

    private boolean hasAddress(Publication target) {
        Optional<String> obstacle = obstacles.find(state.service(), target.address());
        obstacle.filter(known -> !state.waitsForSlices()).ifPresent(log::hindered);
        return obstacle.isEmpty();
    }

    private void bringAbout(PublicationState.Snapshot now) {
        Publication target = now.wanted();
        if (target.wish() == Wish.REMOVED) {
            slice.delete();
        } else if (target.port().isPresent()) {
            EndpointSlice applied = slice.apply(target, now.seen());
            state.applied(applied);
            version = String.valueOf(applied.getMetadata().getResourceVersion());
            mendPace.applied(System.nanoTime());
            // Afterwards, so that a node that is ready is so all the time.
            earlier.empty();
        }
    }

    private void mended(String damage) {
        mendPace.mended(System.nanoTime());
        state.mended();
        log.mended(damage);
    }

    private void succeeded(Publication target, boolean refreshed) {
        state.broughtAbout(target);
        refused = Publication.NOTHING;
        backOff.reset();
        next(refresh());
        log.published(target, !refreshed);
    }

    private void failed(Publication target, RuntimeException failure) {
        if (closed) {
            return;
        }
        state.failed();
        refused = target;
        next(backOff.afterFailure());
        log.hindered(Reason.of(failure));
    }

    /** Not the same for each node, so that they do not come all at once. */
    private Duration refresh() {
        Duration about = watched.getAsBoolean() ? timing.refresh() : timing.unwatchedRefresh();
        return Duration.ofNanos((long) (about.toNanos() * random.nextDouble(0.75, 1.25)));
    }

    private void next(Duration pause) {
        nextNanos = System.nanoTime() + pause.toNanos();
    }

    private void wakeBy(long nanos) {
        wakeNanos = nanos - wakeNanos < 0 ? nanos : wakeNanos;
    }

    @Override
    public void close() {
        closed = true;
        signal.raise();
        // It may be in the middle of a request.
        thread.interrupt();
        thread.join(STOP_TIMEOUT);
    }
}
