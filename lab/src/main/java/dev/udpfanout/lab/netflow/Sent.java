package dev.udpfanout.lab.netflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What exporters have sent, and which of it may be lost since a collector was away. */
final class Sent {
    private final Map<Exporter, Integer> records = new EnumMap<>(Exporter.class);
    private final List<Away> away = new ArrayList<>();

    private record Away(Exporter exporter, int after, int until) {}

    /** @param count the first numbers of this exporter, from 1 */
    void add(Exporter exporter, int count) {
        records.merge(exporter, count, Integer::max);
    }

    /**
     * Takes note that a collector was away.
     *
     * @param after the last record before it went
     * @param until the last record before it was back
     */
    void addAway(Exporter exporter, int after, int until) {
        away.add(new Away(exporter, after, until));
    }

    Set<Exporter> exporters() {
        return records.keySet();
    }

    int records(Exporter exporter) {
        return records.get(exporter);
    }

    boolean wasAway(Exporter exporter, int record) {
        return away.stream()
                .anyMatch(each -> each.exporter() == exporter && record > each.after() && record <= each.until());
    }
}
