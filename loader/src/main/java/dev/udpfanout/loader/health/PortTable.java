package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which endpoints' ports are closed, and which endpoint is to be asked when. What is reported is forged as easily as
 * not, so an endpoint counts as closed only when it has refused a datagram of our own; and who is asked in vain is
 * asked ever more seldom. Pure; for one thread.
 */
final class PortTable {
    /** How long to wait for an answer. */
    static final Duration ANSWER = Duration.ofMillis(300);
    /** Between two that are not answered: hosts send one error a second to each address (icmp_ratelimit of icmp(7)). */
    static final Duration BETWEEN = Duration.ofSeconds(1);

    static final Duration FIRST_PAUSE = Duration.ofMillis(1_500);
    static final Duration LAST_PAUSE = Duration.ofSeconds(5);
    static final Duration FIRST_DOUBT = Duration.ofSeconds(2);
    static final Duration LAST_DOUBT = Duration.ofMinutes(1);

    /** Unanswered in a row, after which a report is not believed. */
    static final int TO_DOUBT = 3;
    /** Unanswered in a row, after which a port that was closed counts as open. */
    static final int TO_OPEN = 2;

    private final Map<InetSocketAddress, Check> checks = new HashMap<>();
    private Set<InetSocketAddress> targets = Set.of();

    private enum Phase {
        SUSPECTED,
        CLOSED,
        DOUBTED
    }

    private static final class Check {
        Phase phase = Phase.SUSPECTED;
        boolean isAsked;
        int unanswered;
        long dueNanos;
        Duration pause = FIRST_DOUBT;
        Instant closedSince;
    }

    /** Whom to know from now on. */
    void retain(Set<InetSocketAddress> wanted) {
        targets = wanted;
        checks.keySet().retainAll(wanted);
    }

    /** Somebody says that ports are closed: they are to be asked, unless they have been a moment ago. */
    void reported(Collection<InetSocketAddress> endpoints, long nowNanos) {
        for (InetSocketAddress endpoint : endpoints) {
            if (!targets.contains(endpoint)) {
                continue;
            }
            Check check = checks.get(endpoint);
            if (check == null) {
                check = new Check();
                check.dueNanos = nowNanos;
                checks.put(endpoint, check);
            } else if (check.phase == Phase.DOUBTED && nowNanos - check.dueNanos >= 0) {
                boolean isOld = nowNanos - check.dueNanos > LAST_DOUBT.toNanos();
                check.pause = isOld ? FIRST_DOUBT : longer(check.pause, LAST_DOUBT);
                check.phase = Phase.SUSPECTED;
                check.unanswered = 0;
                check.dueNanos = nowNanos;
            }
        }
    }

    /**
     * An endpoint has refused a datagram of ours.
     *
     * @return whether it was not known to be closed before
     */
    boolean refused(InetSocketAddress endpoint, long nowNanos, Instant now) {
        if (!targets.contains(endpoint)) {
            return false;
        }
        Check check = checks.computeIfAbsent(endpoint, none -> new Check());
        boolean isNew = check.phase != Phase.CLOSED;
        check.isAsked = false;
        check.unanswered = 0;
        check.pause = isNew ? FIRST_PAUSE : longer(check.pause, LAST_PAUSE);
        check.dueNanos = nowNanos + check.pause.toNanos();
        if (isNew) {
            check.phase = Phase.CLOSED;
            check.closedSince = now;
        }
        return isNew;
    }

    /**
     * An endpoint that was asked has not refused it in time.
     *
     * @return whether it was closed, and counts as open from now on
     */
    boolean unanswered(InetSocketAddress endpoint, long nowNanos) {
        Check check = checks.get(endpoint);
        if (check == null || !check.isAsked) {
            return false;
        }
        check.isAsked = false;
        check.unanswered++;
        check.dueNanos = nowNanos + BETWEEN.toNanos();
        if (check.phase == Phase.CLOSED) {
            return check.unanswered >= TO_OPEN && checks.remove(endpoint) != null;
        }
        if (check.unanswered >= TO_DOUBT) {
            check.phase = Phase.DOUBTED;
            check.dueNanos = nowNanos + check.pause.toNanos();
        }
        return false;
    }

    private static Duration longer(Duration pause, Duration most) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) < 0 ? twice : most;
    }

    /** The endpoints to be asked now, no more than so many; for each, its answer or its silence is to be told. */
    List<InetSocketAddress> take(long nowNanos, int most) {
        List<InetSocketAddress> due = new ArrayList<>();
        for (Map.Entry<InetSocketAddress, Check> each : checks.entrySet()) {
            Check check = each.getValue();
            if (due.size() < most && isWaiting(check) && nowNanos - check.dueNanos >= 0) {
                check.isAsked = true;
                due.add(each.getKey());
            }
        }
        return due;
    }

    private static boolean isWaiting(Check check) {
        return check.phase != Phase.DOUBTED && !check.isAsked;
    }

    /** When the next one is to be asked. */
    OptionalLong nextNanos() {
        return checks.values().stream()
                .filter(PortTable::isWaiting)
                .mapToLong(check -> check.dueNanos)
                .reduce((one, other) -> one - other < 0 ? one : other);
    }

    /** Those that are closed, and since when that is known; immutable. */
    Map<InetSocketAddress, Instant> closed() {
        Map<InetSocketAddress, Instant> closed = new HashMap<>();
        checks.forEach((endpoint, check) ->
                Optional.ofNullable(check.closedSince).ifPresent(since -> closed.put(endpoint, since)));
        return Map.copyOf(closed);
    }
}
