package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Publishers whose listeners are gone: nobody is told any more whether this node is ready for them, so each says that
 * it is not, and ends. Belongs to the control loop's thread.
 */
final class Retirements {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final List<ReadinessPublisher> underWay = new ArrayList<>();

    void begin(String listener, ReadinessPublisher publisher) {
        underWay.add(publisher);
        // Waits for the API server, which the control loop must not.
        Thread.ofVirtual().name("retire-" + listener).start(() -> {
            publisher.withdraw(TIMEOUT);
            publisher.end();
        });
    }

    /** The one whose slice a new publisher is to keep, if there is one: it is the new one's to end. */
    Optional<ReadinessPublisher> takeOver(ReadinessPublisher successor) {
        Optional<ReadinessPublisher> same =
                underWay.stream().filter(successor::keepsSliceOf).findFirst();
        same.ifPresent(underWay::remove);
        return same;
    }

    /** Forgets those that have ended, and says which these are. */
    List<ReadinessPublisher> forgetEnded() {
        List<ReadinessPublisher> ended =
                underWay.stream().filter(ReadinessPublisher::hasEnded).toList();
        underWay.removeAll(ended);
        return ended;
    }

    /** Those that have not been forgotten. */
    List<ReadinessPublisher> underWay() {
        return List.copyOf(underWay);
    }
}
