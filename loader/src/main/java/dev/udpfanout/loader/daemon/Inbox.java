package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has happened and not been dealt with: other threads post, the control loop takes. Of several events of one kind
 * only the last is kept, since each says all that there is to know: a burst costs one turn of the loop, and the inbox
 * never holds more than one event for each source.
 */
final class Inbox {
    private final Map<Object, Event> pending = new LinkedHashMap<>();
    private boolean stopped;
    private boolean stopTold;

    /** Posts an event; any thread, never waits. */
    synchronized void post(Event event) {
        // Taken out first, so that the order is that of the latest events; but the time of the first is kept.
        Event earlier = pending.remove(event.key());
        pending.put(event.key(), earlier == null ? event : event.since(earlier.atNanos()));
        notifyAll();
    }

    /** The Services of an event that nobody has taken yet. */
    synchronized Optional<List<AnnotatedService>> latestServices() {
        return pending.values().stream()
                .filter(Event.ServicesChanged.class::isInstance)
                .map(event -> ((Event.ServicesChanged) event).services())
                .findFirst();
    }

    /** Asks the loop to end; any thread. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    /**
     * Waits for an event, but no longer than the time given, or until {@link #stop}; then takes all there are. A stop
     * ends one wait: after it, while there are things to bring to an end, waiting is as before.
     */
    synchronized List<Event> take(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (pending.isEmpty() && (!stopped || stopTold)) {
                long leftMs = (deadline - System.nanoTime() + 999_999) / 1_000_000;
                if (leftMs <= 0) {
                    break;
                }
                wait(leftMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        stopTold = stopped;
        List<Event> taken = new ArrayList<>(pending.values());
        pending.clear();
        return taken;
    }
}
