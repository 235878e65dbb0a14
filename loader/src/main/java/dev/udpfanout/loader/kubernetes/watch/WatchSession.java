package dev.udpfanout.loader.kubernetes.watch;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The life of one informer, from its list to the end of its watch. All methods belong to the thread of the watch. */
final class WatchSession<T> implements AutoCloseable {
    private final SharedIndexInformer<? extends T> informer;
    private final AtomicReference<WatchState> state;
    private final Signal signal;
    private final InstantSource clock;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private boolean listed;
    private boolean wasWatching;

    WatchSession(
            SharedIndexInformer<? extends T> informer,
            AtomicReference<WatchState> state,
            Signal signal,
            InstantSource clock) {
        this.informer = informer;
        this.state = state;
        this.signal = signal;
        this.clock = clock;
    }

    void start() {
        if (state.get().synced()) {
            // With an initial state, even an empty one, the informer asks for the newest list. Without, it takes what
            // the
            // API server has in its cache, and after a change of servers that may be older than what is known.
            informer.initialState(Stream.empty());
        }
        informer.exceptionHandler((started, problem) -> {
            failure.compareAndSet(null, problem);
            signal.raise();
            return false;
        });
        informer.addEventHandler(new Changes());
        informer.start().whenComplete((done, problem) -> signal.raise());
    }

    /** All there is, if it is the first time or has changed since the last. */
    Optional<List<T>> takeChanges() {
        if (!informer.hasSynced()) {
            return Optional.empty();
        }
        boolean first = !listed;
        listed = true;
        if (first) {
            state.updateAndGet(last -> last.withList(clock.instant()));
        }
        return changed.getAndSet(false) || first
                ? Optional.of(List.copyOf(informer.getStore().list()))
                : Optional.empty();
    }

    /** Whether the watch is there. */
    boolean isWatching() {
        boolean watching = informer.isWatching();
        wasWatching |= watching;
        state.updateAndGet(last -> last.connected() == watching ? last : last.withConnected(watching));
        return watching;
    }

    /** Whether the last calls of {@link #isWatching()} have ever found one. */
    boolean wasWatching() {
        return wasWatching;
    }

    void throwIfFailed() throws Exception {
        switch (failure.get()) {
            case null -> {}
            case Exception e -> throw e;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    @Override
    public void close() {
        informer.stop();
    }

    /** Runs on the client library's threads. */
    private final class Changes implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            onChange();
        }

        @Override
        public void onUpdate(T before, T after) {
            onChange();
        }

        @Override
        public void onDelete(T deleted, boolean finalStateUnknown) {
            onChange();
        }

        private void onChange() {
            changed.set(true);
            state.updateAndGet(last -> last.withEvent(clock.instant()));
            signal.raise();
        }
    }
}
