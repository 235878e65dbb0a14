package dev.udpfanout.lab.netflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of one exporter's records.
 *
 * @param scenario in which
 * @param place where
 * @param exporter whose
 * @param receivers how many collectors there were, in words
 * @param sent records
 * @param decoded records, each as often as it was decoded, by the kind of collector
 * @param twice how often records were decoded that were decoded already
 * @param missing records that nobody has decoded, or not right, but for the next
 * @param away missing ones that were sent while a collector was away
 * @param firstWrong the first few records that are missing or were decoded twice, each with who has decoded it
 */
record Row(
        Scenario scenario,
        Place place,
        Exporter exporter,
        String receivers,
        int sent,
        Map<Collector.Kind, Long> decoded,
        long twice,
        int missing,
        int away,
        List<String> firstWrong) {
    private static final int MAX_SHOWN = 20;
    private static final String LINE = "%-9s %-8s %-5s %-10s  %-16s %-9s  %7s  %7s %7s %7s  %6s %8s %6s\n";

    /** The line above the rows. */
    static String head() {
        return line(
                "scenario",
                "mode",
                "IP",
                "way in",
                "exporter",
                "receivers",
                "sent",
                "nfcapd",
                "nfacctd",
                "own",
                "twice",
                "missing",
                "away");
    }

    static Row of(Scenario scenario, Place place, Exporter exporter, Sent sent, Map<Collector.Kind, Decoded> decoded) {
        int records = sent.records(exporter);
        long twice = 0;
        int missing = 0;
        int away = 0;
        List<String> firstWrong = new ArrayList<>();
        for (int record = 1; record <= records; record++) {
            int number = FlowNumbers.number(exporter.ordinal(), record);
            int times = decoded.values().stream()
                    .mapToInt(each -> each.times(number))
                    .sum();
            twice += Math.max(0, times - 1);
            if (times != 1 && !sent.wasAway(exporter, record) && firstWrong.size() < MAX_SHOWN) {
                firstWrong.add(record + decoders(number, decoded));
            }
            if (times == 0 && sent.wasAway(exporter, record)) {
                away++;
            } else if (times == 0) {
                missing++;
            }
        }
        Map<Collector.Kind, Long> byKind = new EnumMap<>(Collector.Kind.class);
        decoded.forEach((kind, each) -> byKind.put(kind, each.of(exporter.ordinal())));
        return new Row(
                scenario,
                place,
                exporter,
                scenario.receivers(),
                records,
                byKind,
                twice,
                missing,
                away,
                List.copyOf(firstWrong));
    }

    /**
     * Says which collectors have decoded a record. A datagram that came twice doubles all of its records, which follow
     * each other; a record that is alone, or is one collector's twice, is that collector's doing.
     */
    private static String decoders(int number, Map<Collector.Kind, Decoded> decoded) {
        return decoded.entrySet().stream()
                .filter(each -> each.getValue().times(number) > 0)
                .map(each -> each.getKey().label() + " " + each.getValue().times(number))
                .collect(Collectors.joining(", ", " (", ")"));
    }

    /** Whether each record was decoded once, but for those that were sent while a collector was away. */
    boolean isRight() {
        return twice == 0 && missing == 0 && sent > 0;
    }

    /** For the table. */
    String text() {
        return line(
                scenario.label(),
                place.mode().label(),
                place.family(),
                place.wayIn().label(),
                exporter.label(),
                receivers,
                number(sent),
                by(Collector.Kind.NFCAPD),
                by(Collector.Kind.NFACCTD),
                by(Collector.Kind.STRICT),
                number(twice),
                number(missing),
                number(away));
    }

    /** What is wrong with it, for people. */
    String fault() {
        return "WRONG %s, %s, %s: the first records are %s"
                .formatted(scenario.label(), place.text(), exporter.label(), firstWrong);
    }

    private String by(Collector.Kind kind) {
        return decoded.containsKey(kind) ? number(decoded.get(kind)) : "-";
    }

    private static String line(String... cells) {
        return LINE.formatted((Object[]) cells).stripTrailing() + "\n";
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
