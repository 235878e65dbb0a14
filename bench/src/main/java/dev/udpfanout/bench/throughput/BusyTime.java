package dev.udpfanout.bench.throughput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long the machine's CPUs have been busy, all together: /proc/stat, proc(5). Steal time is not in it. */
final class BusyTime {
    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int SOFT_IRQ = 7;
    /** USER_HZ, which is 100 on every architecture that we know. */
    private static final long TICK_NS = 10_000_000;

    private BusyTime() {}

    /** Nanoseconds since the machine's start. */
    static long nowNs() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElseThrow().split("\\s+");
            long ticks = 0;
            for (int i = USER; i <= SOFT_IRQ; i++) {
                ticks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i]);
            }
            return ticks * TICK_NS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
