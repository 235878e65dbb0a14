package dev.udpfanout.loader.health;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Decides when which endpoint is probed, and what the results mean. Its clock is an argument; for one thread. */
final class ProbeRounds {
    /** Between two looks at what has come in. */
    private static final int MAX_STARTS_PER_TURN = 128;

    private final ProbePlan plan;
    private final HealthTable table;
    private final Prober prober;
    private final ProbeCounts counts;
    private final RandomGenerator random;
    private final DueQueue due = new DueQueue();
    private final Map<InetSocketAddress, Probe> inFlight = new HashMap<>();
    /** In the order of their beginning, and so of their ends: the time-out is the same for all. */
    private final Deque<Probe> awaitingRetry = new ArrayDeque<>();

    private final Deque<Probe> awaitingDeadline = new ArrayDeque<>();
    private final List<HealthChange> changes = new ArrayList<>();
    private long nextId;

    ProbeRounds(ProbePlan plan, HealthTable table, Prober prober, ProbeCounts counts, RandomGenerator random) {
        this.plan = plan;
        this.table = table;
        this.prober = prober;
        this.counts = counts;
        this.random = random;
    }

    void retarget(Set<InetSocketAddress> targets, long nowNanos) {
        table.retarget(targets);
        due.retain(targets);
        List.copyOf(inFlight.values()).stream()
                .filter(probe -> !targets.contains(probe.endpoint()))
                .forEach(this::end);
        List<InetSocketAddress> added =
                targets.stream().filter(target -> !due.contains(target)).toList();
        long spreadNanos = plan.spreadNanos(added.size());
        for (int i = 0; i < added.size(); i++) {
            due.put(added.get(i), nowNanos + i * spreadNanos);
        }
    }

    /** Takes all endpoints of an address down; what is under way to them is not waited for. */
    void markDown(Set<InetAddress> addresses, String reason) {
        table.states().keySet().stream()
                .filter(endpoint -> addresses.contains(endpoint.getAddress()))
                .forEach(endpoint -> markDown(endpoint, reason));
    }

    void markDown(InetSocketAddress endpoint, String reason) {
        Optional.ofNullable(inFlight.get(endpoint)).ifPresent(this::end);
        table.markDown(endpoint, reason).ifPresent(changes::add);
    }

    /** Does all that is due: time-outs, repetitions, beginnings. */
    void turn(long nowNanos) {
        dropFinished(awaitingDeadline);
        dropFinished(awaitingRetry);
        while (!awaitingDeadline.isEmpty() && plan.deadlineNanos(awaitingDeadline.peek()) - nowNanos <= 0) {
            onResult(awaitingDeadline.poll(), ProbeOutcome.TIMEOUT);
        }
        while (!awaitingRetry.isEmpty() && plan.retryNanos(awaitingRetry.peek()) - nowNanos <= 0) {
            Probe probe = awaitingRetry.poll();
            if (!probe.isFinished()) {
                prober.retry(probe);
            }
        }
        for (int i = 0; i < MAX_STARTS_PER_TURN && inFlight.size() < plan.maxInFlight(); i++) {
            Optional<InetSocketAddress> next = due.take(nowNanos);
            if (next.isEmpty()) {
                break;
            }
            start(next.get(), nowNanos);
        }
    }

    /** From the head only: the rest has its turn. */
    private static void dropFinished(Deque<Probe> probes) {
        while (!probes.isEmpty() && probes.peek().isFinished()) {
            probes.poll();
        }
    }

    private void start(InetSocketAddress endpoint, long nowNanos) {
        Probe probe = new Probe(nextId++, endpoint, nowNanos);
        due.put(endpoint, plan.nextDueNanos(nowNanos, random.nextDouble()));
        inFlight.put(endpoint, probe);
        Optional<ProbeOutcome> result = prober.start(probe);
        if (result.isPresent()) {
            onResult(probe, result.get());
        } else {
            awaitingRetry.add(probe);
            awaitingDeadline.add(probe);
        }
    }

    /** Takes a result in; a second one for the same probe counts for nothing. */
    void onResult(Probe probe, ProbeOutcome outcome) {
        if (!end(probe)) {
            return;
        }
        counts.add(outcome);
        if (outcome != ProbeOutcome.NOT_SENT) {
            table.record(probe.endpoint(), outcome == ProbeOutcome.SUCCESS, outcome.words())
                    .ifPresent(changes::add);
        } else {
            table.failed(probe.endpoint(), outcome.words());
        }
    }

    private boolean end(Probe probe) {
        if (!probe.finish()) {
            return false;
        }
        inFlight.remove(probe.endpoint(), probe);
        prober.end(probe);
        return true;
    }

    /** The changes since the last call, in their order. */
    List<HealthChange> takeChanges() {
        List<HealthChange> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }

    /** How long nothing will be due; 0 or less if something is. Empty if there is nothing to do at all. */
    OptionalLong waitNanos(long nowNanos) {
        OptionalLong wait = OptionalLong.empty();
        if (!awaitingDeadline.isEmpty()) {
            wait = sooner(wait, plan.deadlineNanos(awaitingDeadline.peek()) - nowNanos);
        }
        if (!awaitingRetry.isEmpty()) {
            wait = sooner(wait, plan.retryNanos(awaitingRetry.peek()) - nowNanos);
        }
        OptionalLong nextDue = due.nextNanos();
        if (nextDue.isPresent() && inFlight.size() < plan.maxInFlight()) {
            wait = sooner(wait, nextDue.getAsLong() - nowNanos);
        }
        return wait;
    }

    int inFlight() {
        return inFlight.size();
    }

    private static OptionalLong sooner(OptionalLong one, long other) {
        return OptionalLong.of(one.isPresent() ? Math.min(one.getAsLong(), other) : other);
    }
}
