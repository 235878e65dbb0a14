package dev.udpfanout.loader.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which fault explains which loss; pure.
 *
 * @param rows what each kind of fault has cost, in the order in which they first happened
 * @param unexplained lost while no fault was there, in datagrams
 * @param failures what must not be, in words
 */
public record Account(List<Row> rows, long unexplained, List<String> failures) {
    /**
     * All faults of one kind.
     *
     * @param lost datagrams, of all times together
     * @param longestMendMillis of all times the longest until it was mended
     */
    record Row(String fault, int times, long lost, long longestMendMillis, Counters counted, boolean failed) {
        private Row plus(Row other) {
            return new Row(
                    fault,
                    times + other.times,
                    lost + other.lost,
                    Math.max(longestMendMillis, other.longestMendMillis),
                    counted.plus(other.counted),
                    failed || other.failed);
        }
    }

    /** Whether every loss is explained, and every fault was mended in time. */
    public boolean passed() {
        return failures.isEmpty();
    }

    /**
     * Accounts for every lost datagram.
     *
     * @param incidents in the order in which they happened
     * @param lost of each flow the numbers that never arrived
     * @param overload how many the machine lost while no fault was there, because it was too slow
     */
    static Account of(List<Incident> incidents, List<BitSet> lost, long overload) {
        long[] lostBy = new long[incidents.size()];
        List<List<BitSet>> lateBy =
                incidents.stream().map(incident -> new ArrayList<BitSet>()).collect(Collectors.toList());
        long unexplained = 0;
        List<String> failures = new ArrayList<>();
        for (int flow = 0; flow < lost.size(); flow++) {
            int current = flow;
            BitSet alone = new BitSet();
            lateBy.forEach(flows -> flows.add(new BitSet()));
            lost.get(flow).stream().forEach(number -> {
                int incident = explaining(incidents, current, number);
                if (incident < 0) {
                    alone.set(number);
                } else {
                    lostBy[incident]++;
                    lateBy.get(incident)
                            .get(current)
                            .set(number, incidents.get(incident).isLate(current, number));
                }
            });
            unexplained += alone.cardinality();
            if (!alone.isEmpty()) {
                failures.add(between(incidents, flow, alone));
            }
        }
        if (unexplained <= overload) {
            failures.clear();
        }
        return new Account(rows(incidents, lostBy, lateBy, failures), unexplained, List.copyOf(failures));
    }

    private static int explaining(List<Incident> incidents, int flow, int number) {
        for (int i = 0; i < incidents.size(); i++) {
            if (incidents.get(i).covers(flow, number)) {
                return i;
            }
        }
        return -1;
    }

    private static List<Row> rows(
            List<Incident> incidents, long[] lostBy, List<List<BitSet>> lateBy, List<String> failures) {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (int i = 0; i < incidents.size(); i++) {
            Incident incident = incidents.get(i);
            Fault fault = incident.fault();
            List<String> wrong = wrong(incident, lostBy[i], lateBy.get(i));
            int number = i + 1;
            wrong.forEach(each -> failures.add("fault " + number + ", " + fault.name() + ": " + each));
            Row row = new Row(
                    fault.name(), 1, lostBy[i], incident.mended().toMillis(), incident.counted(), !wrong.isEmpty());
            rows.merge(fault.name(), row, Row::plus);
        }
        return List.copyOf(rows.values());
    }

    private static List<String> wrong(Incident incident, long lost, List<BitSet> lateOf) {
        Fault fault = incident.fault();
        long late = lateOf.stream().mapToLong(BitSet::cardinality).sum();
        List<String> wrong = new ArrayList<>();
        if (lost > fault.mayLose()
                && lost - fault.mayLose() > incident.counted().overload()) {
            wrong.add(String.format(
                    Locale.ROOT,
                    "lost %,d, may lose %,d (%s)",
                    lost,
                    fault.mayLose(),
                    incident.counted().text(lost)));
        }
        if (late > incident.counted().overload()) {
            wrong.add(String.format(
                    Locale.ROOT,
                    "lost %,d after what it takes away was back (%s)%s",
                    late,
                    incident.counted().text(lost),
                    places(incident, lateOf)));
        }
        if (!incident.problem().isEmpty()) {
            wrong.add(incident.problem());
        }
        return wrong;
    }

    /** Which numbers of each flow were lost late, counted from the one with which what was taken away was back. */
    private static String places(Incident incident, List<BitSet> lateOf) {
        StringBuilder text = new StringBuilder();
        for (int flow = 0; flow < lateOf.size(); flow++) {
            BitSet late = lateOf.get(flow);
            if (!late.isEmpty()) {
                int back = incident.back().get(flow);
                text.append(String.format(
                        Locale.ROOT,
                        "; of flow %d %,d, the first %,d and the last %,d later",
                        flow,
                        late.cardinality(),
                        late.nextSetBit(0) - back,
                        late.length() - 1 - back));
            }
        }
        return text.toString();
    }

    private static String between(List<Incident> incidents, int flow, BitSet alone) {
        int first = alone.nextSetBit(0);
        String before = "before the first fault";
        for (int i = 0; i < incidents.size(); i++) {
            if (incidents.get(i).to().get(flow) <= first) {
                before = "the first %,d datagrams after fault %d, %s, was mended"
                        .formatted(
                                first - incidents.get(i).to().get(flow),
                                i + 1,
                                incidents.get(i).fault().name());
            }
        }
        return String.format(
                Locale.ROOT,
                "no fault explains the loss of %,d datagrams of flow %d, %,d to %,d: %s",
                alone.cardinality(),
                flow,
                first,
                alone.length() - 1,
                before);
    }
}
