package dev.udpfanout.loader.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Has one fault after the other happen to a node under load, and accounts for what was lost. */
public final class ChaosRun {
    /** Between two faults: what is lost then is nobody's fault but ours. Datagrams of each flow. */
    private static final int QUIET = 3_000;

    private static final int LINES_SHOWN = 12;

    private final NodeLab lab;
    private final Consumer<String> out;
    private final List<Incident> incidents = new ArrayList<>();
    private Counters overall = Counters.none();

    private ChaosRun(NodeLab lab, Consumer<String> out) {
        this.lab = lab;
        this.out = out;
    }

    /**
     * Runs, and takes everything away again.
     *
     * @param time in which faults begin; it takes some seconds more
     * @param drawn which faults may happen
     * @param out told what happens, a line each
     */
    static Account run(Duration time, long seed, Predicate<Fault> drawn, Consumer<String> out) throws IOException {
        try (NodeLab lab = new NodeLab()) {
            return new ChaosRun(lab, out).run(time, new Faults(possible(lab, drawn, out), seed));
        }
    }

    /**
     * Has only happen what every daemon lives with, and outlives: endpoints come and go, the file changes, the API
     * server is away.
     *
     * @param lab the caller's to close
     * @param time in which events begin; it takes some seconds more
     * @param out told what happens, a line each
     */
    public static Account daily(NodeLab lab, Duration time, long seed, Consumer<String> out) throws IOException {
        return new ChaosRun(lab, out).run(time, new Faults(Faults.daily(), seed));
    }

    private static List<Fault> possible(NodeLab lab, Predicate<Fault> drawn, Consumer<String> out) {
        if (!lab.hasTcx()) {
            out.accept("no TCX before Linux 6.6: both interfaces have clsact filters");
        }
        if (lab.limits().isEmpty()) {
            out.accept("no control groups to write to: no faults of theirs");
        }
        return Faults.possible(lab.hasTcx(), lab.limits().isPresent()).stream()
                .filter(drawn)
                .toList();
    }

    private Account run(Duration time, Faults faults) throws IOException {
        if (!lab.traffic().awaitRow(lab.traffic().next(), NodeDaemon.LIMIT)) {
            throw new IllegalStateException("nothing arrives before the first fault");
        }
        Counters before = Counters.read(lab);
        long endNanos = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            Faults.Drawn drawn = faults.next();
            out.accept(String.format(
                    Locale.ROOT, "%3d  %s", incidents.size() + 1, drawn.fault().name()));
            Incident incident = happen(drawn);
            incidents.add(incident);
            report(incident);
            lab.traffic().awaitSent(QUIET);
        }
        lab.traffic().stop();
        overall = Counters.read(lab).since(before);
        return account();
    }

    private Incident happen(Faults.Drawn drawn) throws IOException {
        Counters before = Counters.read(lab);
        List<Integer> from = lab.traffic().next();
        long beganNanos = System.nanoTime();
        String problem = "";
        List<Integer> back = from;
        List<Integer> to;
        try {
            drawn.fault().event().happen(lab, drawn.random());
            back = lab.traffic().next();
            if (!lab.traffic().awaitRow(back, drawn.fault().mendedWithin())) {
                throw new IllegalStateException("not all datagrams arrive again");
            }
            to = lab.traffic().rows(back);
            lab.awaitSettled();
        } catch (Exception e) {
            problem = "not mended: " + e.getMessage();
            showLastLines();
            lab.recover();
            lab.traffic().awaitRow(lab.traffic().next(), NodeDaemon.LIMIT);
            to = lab.traffic().next();
        }
        Duration mended = Duration.ofNanos(System.nanoTime() - beganNanos);
        if (problem.isEmpty() && mended.compareTo(drawn.fault().mendedWithin()) > 0) {
            problem = "mended after " + mended.toMillis() + " ms, not within "
                    + drawn.fault().mendedWithin().toMillis() + " ms";
            showLastLines();
        }
        return new Incident(
                drawn.fault(), from, back, to, mended, Counters.read(lab).since(before), problem);
    }

    private void showLastLines() {
        lab.daemon().lastLines(LINES_SHOWN).forEach(line -> out.accept("       " + line));
    }

    private void report(Incident incident) {
        out.accept(String.format(
                Locale.ROOT,
                "       mended after %.2f s  %s%s",
                incident.mended().toMillis() / 1000.0,
                incident.counted().text(0),
                incident.problem().isEmpty() ? "" : "  FAIL: " + incident.problem()));
    }

    private Account account() {
        long during = incidents.stream()
                .mapToLong(incident -> incident.counted().overload())
                .sum();
        Account account = Account.of(incidents, lab.traffic().lost(), Math.max(0, overall.overload() - during));
        List<String> failures = new ArrayList<>(account.failures());
        if (lab.traffic().duplicates() > 0) {
            failures.add(lab.traffic().duplicates() + " datagrams arrived twice");
        }
        long lost = lab.traffic().lost().stream().mapToLong(BitSet::cardinality).sum();
        out.accept(String.format(
                Locale.ROOT,
                "%n%,d datagrams sent, %,d a second; %,d lost",
                lab.traffic().sent(),
                lab.traffic().perSecond(),
                lost));
        return new Account(account.rows(), account.unexplained(), List.copyOf(failures));
    }
}
