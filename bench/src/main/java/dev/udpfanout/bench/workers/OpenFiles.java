package dev.udpfanout.bench.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many flows a listener in user space can have here: each has a socket, and so an open file (docs/replies.md). */
final class OpenFiles {
    private static final int WANTED_FLOWS = 10_000;
    private static final int STEP = 1000;
    private static final String LIMIT = "Max open files";
    private static final int HARD_AT = 1;

    private OpenFiles() {}

    /** 10,000, or as many thousands as the limit of open files leaves to one listener, at least one thousand. */
    static int flows() {
        try {
            return flows(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param limits lines of proc_pid_limits(5); the daemon's JVM raises its own limit to the hard one */
    static int flows(List<String> limits) {
        String hard = limits.stream()
                .filter(line -> line.startsWith(LIMIT))
                .map(line -> line.substring(LIMIT.length()).strip().split("\\s+")[HARD_AT])
                .findFirst()
                .orElse("unlimited");
        if (hard.equals("unlimited")) {
            return WANTED_FLOWS;
        }
        long files = Long.parseLong(hard);
        long oneListeners = (files - files / 8) / 2;
        return Math.clamp(oneListeners / STEP * STEP, STEP, WANTED_FLOWS);
    }
}
