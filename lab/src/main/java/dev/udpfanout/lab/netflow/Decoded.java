package dev.udpfanout.lab.netflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often collectors have decoded each numbered record. */
final class Decoded {
    private final Map<Integer, Integer> times = new HashMap<>();
    private final List<Integer> wrong = new ArrayList<>();

    /**
     * @param number of the record: {@link FlowNumbers}
     * @param often how many records of this number it stands for
     */
    synchronized void add(int number, int often) {
        if (FlowNumbers.isOfExporter(number)) {
            times.merge(number, often, Integer::sum);
        } else {
            addWrong(number);
        }
    }

    /** Adds a record whose packets were counted wrong. */
    synchronized void addWrong(int number) {
        wrong.add(number);
    }

    /** Adds what another collector has decoded. */
    void addAll(Decoded other) {
        other.copy().forEach(this::add);
        other.wrong().forEach(this::addWrong);
    }

    /** How often a record was decoded. */
    synchronized int times(int number) {
        return times.getOrDefault(number, 0);
    }

    /** All records of one exporter, each as often as it was decoded. */
    synchronized long of(int exporter) {
        return times.entrySet().stream()
                .filter(each -> FlowNumbers.exporter(each.getKey()) == exporter)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Records that were read under a wrong template, or without their sampling: their numbers as they were read. */
    synchronized List<Integer> wrong() {
        return List.copyOf(wrong);
    }

    private synchronized Map<Integer, Integer> copy() {
        return Map.copyOf(times);
    }
}
