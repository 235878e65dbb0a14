package dev.udpfanout.loader.fuzz;

import java.time.Duration;

/**
 * What a run of the fuzzer may take beside its time.
 *
 * @param start from the start of the process to the first input: the JVM, and the classes that Jazzer changes. It is
 *     work for a processor: 15 s beside one build, more than 90 s beside several
 * @param end from the end of the time to the end of the process
 * @param inputSeconds for one input: {@code -timeout} of libFuzzer, which looks every half of it
 * @param residentMb for the whole process, heap and native memory: {@code -rss_limit_mb} of libFuzzer
 */
record FuzzLimits(Duration start, Duration end, int inputSeconds, int residentMb) {
    static final FuzzLimits USUAL = new FuzzLimits(Duration.ofMinutes(10), Duration.ofSeconds(90), 20, 3_072);
}
