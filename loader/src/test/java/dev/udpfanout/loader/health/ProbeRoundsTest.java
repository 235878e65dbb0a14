package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.status.HealthState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ProbeRoundsTest {
    private static final InetSocketAddress A = new InetSocketAddress("10.42.0.11", 514);
    private static final InetSocketAddress A2 = new InetSocketAddress("10.42.0.11", 515);
    private static final InetSocketAddress B = new InetSocketAddress("10.42.0.12", 514);
    /** What nanoTime gives may be anything: near its overflow, for example. */
    private static final long START = Long.MAX_VALUE - Duration.ofSeconds(7).toNanos();

    private final ScriptedProber prober = new ScriptedProber();
    private final HealthTable table = new HealthTable(new Thresholds(2, 1));
    private final ProbeCounts counts = new ProbeCounts();
    private final ProbeRounds rounds = rounds(new ProbePlan(Duration.ofSeconds(5), Duration.ofSeconds(2), 0.1, 100));

    private ProbeRounds rounds(ProbePlan plan) {
        return new ProbeRounds(plan, table, prober, counts, new SplittableRandom(1));
    }

    private static long at(double seconds) {
        return START + (long) (seconds * 1e9);
    }

    @Test
    void shouldProbeANewEndpointAtOnceAndAgainWithinTheInterval() {
        rounds.retarget(Set.of(A), at(0));
        rounds.turn(at(0));
        rounds.onResult(prober.last(), ProbeOutcome.SUCCESS);
        rounds.turn(at(4.4));
        assertEquals(1, prober.started.size());
        rounds.turn(at(5));

        assertEquals(2, prober.started.size());
        assertEquals(HealthState.UP, table.state(A));
    }

    @Test
    void shouldTakeADeadEndpointDownWithinIntervalPlusTimeout() {
        rounds.retarget(Set.of(A), at(0));
        rounds.turn(at(0));
        rounds.onResult(prober.last(), ProbeOutcome.SUCCESS);
        rounds.takeChanges();

        long now = at(0);
        while (table.down().isEmpty()) {
            now += rounds.waitNanos(now).orElseThrow();
            rounds.turn(now);
        }

        assertTrue(now - at(7) <= 0, "took " + (now - START) / 1e9 + " s");
        assertEquals(
                List.of(new HealthChange(A, HealthState.UP, HealthState.DOWN, "no answer in time")),
                rounds.takeChanges());
        assertTrue(rounds.takeChanges().isEmpty());
    }

    @Test
    void shouldSendAgainAfterHalfOfTheTimeoutOnlyWithoutAnAnswer() {
        rounds.retarget(Set.of(A, B), at(0));
        rounds.turn(at(0));
        rounds.turn(at(0.001));
        assertEquals(2, prober.started.size());
        Probe answered = prober.started.getFirst();
        rounds.onResult(answered, ProbeOutcome.SUCCESS);
        rounds.turn(at(0.9));
        assertTrue(prober.retried.isEmpty());
        rounds.turn(at(1.1));
        rounds.turn(at(1.2));

        assertEquals(List.of(prober.last()), prober.retried);
    }

    @Test
    void shouldIgnoreAnAnswerThatComesAfterTheTimeout() {
        rounds.retarget(Set.of(A), at(0));
        rounds.turn(at(0));
        Probe late = prober.last();
        rounds.turn(at(2));
        rounds.onResult(late, ProbeOutcome.SUCCESS);

        assertEquals(Set.of(A), table.down());
        assertEquals(1, prober.ended.size());
        assertEquals(0L, counts.byLabel().get("success"));
        assertEquals(1L, counts.byLabel().get("timeout"));
    }

    @Test
    void shouldEndAProbeWhoseEndpointIsNoTargetAnyMore() {
        rounds.retarget(Set.of(A, B), at(0));
        rounds.turn(at(0.01));
        rounds.retarget(Set.of(B), at(0.02));

        assertEquals(1, rounds.inFlight());
        assertEquals(1, prober.open.size());
        rounds.turn(at(2.1));
        assertEquals(Set.of(B), table.down());
        assertEquals(1L, counts.byLabel().get("timeout"));
    }

    @Test
    void shouldNotDecideWhenAProbeCouldNotBeSent() {
        prober.immediate.put(A, ProbeOutcome.NOT_SENT);
        rounds.retarget(Set.of(A), at(0));
        rounds.turn(at(0));

        assertEquals(HealthState.UNKNOWN, table.state(A));
        assertEquals(1L, counts.byLabel().get("not_sent"));
        assertEquals(0, rounds.inFlight());
    }

    @Test
    void shouldTakeAllEndpointsOfAnAddressDownWhenItsLinkIsDown() throws UnknownHostException {
        rounds.retarget(Set.of(A, A2, B), at(0));
        rounds.turn(at(0.01));
        List<Probe> underWay = List.copyOf(prober.started);
        rounds.markDown(Set.of(InetAddress.getByName("10.42.0.11")), "link is down");
        underWay.forEach(probe -> rounds.onResult(probe, ProbeOutcome.SUCCESS));

        assertEquals(Set.of(A, A2), table.down());
        assertEquals(HealthState.UP, table.state(B));
    }

    @Test
    void shouldNeverHaveMoreUnderWayThanAllowed() {
        ProbeRounds few = rounds(new ProbePlan(Duration.ofSeconds(5), Duration.ofSeconds(2), 0, 3));
        few.retarget(endpoints(10), at(0));
        few.turn(at(1));
        assertEquals(3, prober.open.size());
        few.turn(at(1.5));
        assertEquals(3, prober.open.size());
        few.onResult(prober.last(), ProbeOutcome.SUCCESS);
        few.turn(at(1.6));

        assertEquals(3, prober.open.size());
        assertEquals(4, prober.started.size());
    }

    @Test
    void shouldProbeTenThousandEndpointsOnceAnIntervalWithoutABurst() {
        ProbeRounds many = rounds(new ProbePlan(Duration.ofSeconds(5), Duration.ofSeconds(2), 0.1, 32_768));
        Set<InetSocketAddress> endpoints = endpoints(10_000);
        many.retarget(endpoints, at(0));
        int most = 0;
        for (int millis = 0; millis <= 5_000; millis++) {
            int before = prober.started.size();
            many.turn(at(millis / 1e3));
            List.copyOf(prober.started.subList(before, prober.started.size()))
                    .forEach(probe -> many.onResult(probe, ProbeOutcome.SUCCESS));
            most = Math.max(most, prober.started.size() - before);
        }

        Set<InetSocketAddress> probed = new HashSet<>();
        prober.started.forEach(probe -> probed.add(probe.endpoint()));
        assertEquals(endpoints, probed);
        assertTrue(most <= 20, "a burst of " + most);
    }

    @Test
    void shouldHaveNothingToWaitForWithoutTargets() {
        assertTrue(rounds.waitNanos(at(0)).isEmpty());
        rounds.retarget(Set.of(A), at(0));
        assertTrue(rounds.waitNanos(at(0)).isPresent());
        rounds.retarget(Set.of(), at(0));
        assertTrue(rounds.waitNanos(at(0)).isEmpty());
    }

    private static Set<InetSocketAddress> endpoints(int count) {
        Set<InetSocketAddress> endpoints = new HashSet<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new InetSocketAddress("10.42." + i / 250 + "." + (1 + i % 250), 514));
        }
        return endpoints;
    }
}
