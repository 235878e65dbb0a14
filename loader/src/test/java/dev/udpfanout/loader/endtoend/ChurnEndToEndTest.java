package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Endpoints come and go a hundred times a second. What can be proven of a removal: the daemon's {@code /status} shows a
 * state only after the kernel has it, so a number that had not been sent when a page with the removal was there was
 * sent after its application; and a number that had arrived somewhere before the endpoint was put back had been sent
 * before that. Numbers between the two must not be found at the endpoint.
 *
 * <p>{@code -Dudpfanout.churnSeconds} sets how long it goes on.
 */
@Tag("kernel")
class ChurnEndToEndTest {
    private static final int PODS = 4;
    private static final int CHANGES_PER_SECOND = 100;
    private static final int CHANGES = CHANGES_PER_SECOND * Integer.getInteger("udpfanout.churnSeconds", 10);

    /**
     * Every so many changes the next waits until the removal is seen to be in force, so that there is something to
     * prove.
     */
    private static final int HELD_EVERY = 25;

    private static final int HELD_DATAGRAMS = 200;

    @TempDir
    private Path directory;

    private ServiceLab lab;
    private final Random random = new Random(1);
    private final Map<Integer, Removal> removed = new TreeMap<>();
    private final List<Interval> intervals = new ArrayList<>();
    private long arrived;

    /** How and by which change a pod was taken out. */
    private record Removal(int change, Endpoint endpoint) {}

    /** Numbers that a pod must not have got: from the first to before the last. */
    private record Interval(int pod, long from, long to) {}

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.leadVipToDummy();
        lab.configureOnDummy("health: { enabled: false }");
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldLoseNothingAndSendNothingToWhatIsRemovedWhenEndpointsChangeAHundredTimesASecond() throws Exception {
        serve(0);
        lab.start();
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic();
                AppliedChanges applied = new AppliedChanges(lab.topology().node(), traffic)) {
            ServiceLab.awaitSent(traffic, 1_000);
            long startNanos = System.nanoTime();
            for (int change = 1; change <= CHANGES; change++) {
                long dueNanos = startNanos + change * 1_000_000_000L / CHANGES_PER_SECOND;
                BoundedWait.until(() -> System.nanoTime() - dueNanos >= 0, ServiceLab.LIMIT);
                change(change, traffic, applied);
            }
            assertTrue(BoundedWait.until(() -> applied.of(CHANGES).isPresent(), ServiceLab.LIMIT));
            lab.assertNothingLost(traffic);
        }
        assertTrue(intervals.size() >= CHANGES / HELD_EVERY / 2, () -> intervals.size() + " removals seen in force");
        assertNothingSentToWhatWasRemoved();
    }

    /** Takes a pod out or puts it back, the first never. */
    private void change(int change, SequenceTraffic traffic, AppliedChanges applied) {
        int pod = 2 + random.nextInt(PODS - 1);
        Removal removal = removed.remove(pod);
        if (removal == null) {
            removed.put(pod, new Removal(change, out(pod)));
        } else {
            note(pod, applied.of(removal.change()), traffic);
        }
        serve(change);
        if (removal == null && change % HELD_EVERY < 2) {
            assertTrue(BoundedWait.until(() -> applied.of(change).isPresent(), ServiceLab.LIMIT));
            long until = applied.of(change).getAsLong() + HELD_DATAGRAMS;
            assertTrue(BoundedWait.until(() -> arrived(traffic) >= until, ServiceLab.LIMIT));
        }
    }

    private void note(int pod, OptionalLong appliedAt, SequenceTraffic traffic) {
        long to = arrived(traffic);
        if (appliedAt.isPresent() && appliedAt.getAsLong() < to) {
            intervals.add(new Interval(pod, appliedAt.getAsLong(), to));
        }
    }

    /** Before which number all have arrived. */
    private long arrived(SequenceTraffic traffic) {
        long sent = traffic.next();
        while (arrived < sent && lab.receivers().stream().anyMatch(pod -> pod.has(arrived))) {
            arrived++;
        }
        return arrived;
    }

    /** The ways in which an endpoint stops to be one. */
    private Endpoint out(int pod) {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> lab.pod(pod, false, false, false);
            default -> lab.pod(pod, false, true, true);
        };
    }

    private void serve(int change) {
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(
                Slices.pod(AppliedChanges.name(change), lab.topology().plan().podAddress(1)));
        for (int pod = 2; pod <= PODS; pod++) {
            Endpoint endpoint = removed.containsKey(pod) ? removed.get(pod).endpoint() : lab.pod(pod);
            if (endpoint != null) {
                endpoints.add(endpoint);
            }
        }
        lab.serve(endpoints.toArray(Endpoint[]::new));
    }

    private void assertNothingSentToWhatWasRemoved() {
        for (int pod = 2; pod <= PODS; pod++) {
            BitSet numbers = lab.receivers().get(pod - 1).numbers();
            for (Interval interval : intervals) {
                if (interval.pod() == pod) {
                    int found = numbers.nextSetBit((int) interval.from());
                    assertTrue(found < 0 || found >= interval.to(), () -> found + " came, in " + interval);
                }
            }
        }
        assertEquals(
                lab.received(),
                lab.receivers().stream()
                        .mapToLong(pod -> pod.numbers().cardinality())
                        .sum());
    }
}
