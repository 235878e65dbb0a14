package dev.udpfanout.loader.datapath.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How many files this process may have open: RLIMIT_NOFILE of getrlimit(2), which the JVM raises as far as it may. */
public final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT = Pattern.compile("Max open files\\s+(\\d+|unlimited)\\s.*");

    private OpenFiles() {}

    /** {@link Long#MAX_VALUE} if there is no limit, or it cannot be read. */
    public static long limit() {
        try (Stream<String> lines = Files.lines(LIMITS)) {
            return limit(lines);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    static long limit(Stream<String> limits) {
        return limits.map(SOFT::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .filter(number -> !number.equals("unlimited"))
                .map(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
