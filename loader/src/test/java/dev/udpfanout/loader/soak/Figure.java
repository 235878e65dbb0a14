package dev.udpfanout.loader.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * What is told of a run, and how it follows from samples.
 *
 * @param name in words, with the unit
 * @param decimals shown
 * @param value from a sample and the one before
 */
record Figure(String name, int decimals, BiFunction<Sample, Sample, Double> value) {
    private static final double KIB_PER_MIB = 1024;
    private static final double BYTES_PER_MIB = 1 << 20;

    static final Figure RESIDENT = at("resident set, MiB", 1, sample -> sample.residentKib() / KIB_PER_MIB);
    static final Figure ANONYMOUS = at("of that anonymous, MiB", 1, sample -> sample.anonymousKib() / KIB_PER_MIB);
    static final Figure HEAP =
            at("heap in use, garbage included, MiB", 1, sample -> sample.heapUsedBytes() / BYTES_PER_MIB);
    static final Figure DESCRIPTORS = at("descriptors", 0, Sample::descriptors);
    static final Figure THREADS = at("threads", 0, Sample::threads);
    static final Figure MAPS = at("pinned maps", 0, Sample::maps);
    static final Figure ENTRIES = at("entries of maps", 0, Sample::mapEntries);
    static final Figure MAPS_MIB = at("maps, MiB", 2, sample -> sample.mapBytes() / BYTES_PER_MIB);
    static final Figure CPU = new Figure(
            "CPU time of the daemon, % of a CPU",
            1, (before, sample) -> perSecond(before, sample, sample.cpuMillis() - before.cpuMillis()) / 10);
    static final Figure RATE = new Figure(
            "sent, datagrams a second",
            0,
            (before, sample) -> perSecond(before, sample, sample.sent() - before.sent()));
    static final Figure LOST =
            new Figure("lost, datagrams", 0, (before, sample) -> (double) sample.lost() - before.lost());
    static final Figure OVERFLOWED = new Figure(
            "lost by the machine's own queues at most, datagrams",
            0,
            (before, sample) -> (double) sample.overflowed() - before.overflowed());
    static final Figure LOAD = at("load average of the machine", 1, sample -> sample.loadHundredths() / 100.0);

    /** All, in the order in which they are told. */
    static final List<Figure> ALL = List.of(
            RESIDENT,
            ANONYMOUS,
            HEAP,
            DESCRIPTORS,
            THREADS,
            MAPS,
            ENTRIES,
            MAPS_MIB,
            CPU,
            RATE,
            LOST,
            OVERFLOWED,
            LOAD);

    private static Figure at(String name, int decimals, ToDoubleFunction<Sample> value) {
        return new Figure(name, decimals, (before, sample) -> value.applyAsDouble(sample));
    }

    private static double perSecond(Sample before, Sample sample, double more) {
        return more / Math.max(1, sample.seconds() - before.seconds());
    }

    /** Its values at all samples but the first. */
    double[] values(List<Sample> samples) {
        List<Double> values = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            values.add(value.apply(samples.get(i - 1), samples.get(i)));
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
