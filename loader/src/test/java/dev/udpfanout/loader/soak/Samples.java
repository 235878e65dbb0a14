package dev.udpfanout.loader.soak;

import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/** Runs to judge: a sample every ten seconds. */
final class Samples {
    private static final int INTERVAL_SECONDS = 10;

    private Samples() {}

    /** One in which nothing grows. */
    static List<Sample> steady(int count) {
        return of(count, number -> 150_000, number -> 290, number -> 24);
    }

    /**
     * @param residentKib by the number of the sample; so are
     * @param descriptors and
     * @param entries
     */
    static List<Sample> of(
            int count, LongUnaryOperator residentKib, LongUnaryOperator descriptors, LongUnaryOperator entries) {
        return LongStream.range(0, count)
                .mapToObj(number -> new Sample(
                        number * INTERVAL_SECONDS,
                        number * INTERVAL_SECONDS * 20_000,
                        0,
                        0,
                        0,
                        residentKib.applyAsLong(number),
                        100_000,
                        20 << 20,
                        40,
                        descriptors.applyAsLong(number),
                        number * 900,
                        55,
                        entries.applyAsLong(number),
                        40 << 20,
                        150))
                .toList();
    }
}
