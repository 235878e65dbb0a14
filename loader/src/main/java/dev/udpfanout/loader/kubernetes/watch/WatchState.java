package dev.udpfanout.loader.kubernetes.watch;

import java.time.Instant;
import java.util.Optional;

/**
 * How a watch is doing.
 *
 * @param connected whether the API server answers and tells of changes
 * @param synced whether there was a full list at least once
 * @param lastEvent when the API server last told of a change, or gave a full list
 * @param relists full lists after the first
 * @param errors failures to list or watch
 * @param lastError why the last of them failed; empty if none has, or the watch has been connected since
 */
public record WatchState(
        boolean connected,
        boolean synced,
        Optional<Instant> lastEvent,
        long relists,
        long errors,
        Optional<String> lastError) {
    static final WatchState INITIAL = new WatchState(false, false, Optional.empty(), 0, 0, Optional.empty());

    WatchState withConnected(boolean nowConnected) {
        return new WatchState(
                nowConnected, synced, lastEvent, relists, errors, nowConnected ? Optional.empty() : lastError);
    }

    WatchState withList(Instant when) {
        return new WatchState(connected, true, Optional.of(when), synced ? relists + 1 : 0, errors, lastError);
    }

    WatchState withEvent(Instant when) {
        return new WatchState(connected, synced, Optional.of(when), relists, errors, lastError);
    }

    WatchState withError(String reason) {
        return new WatchState(false, synced, lastEvent, relists, errors + 1, Optional.of(reason));
    }
}
