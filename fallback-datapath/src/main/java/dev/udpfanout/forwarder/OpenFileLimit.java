package dev.udpfanout.forwarder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many files this process may open (RLIMIT_NOFILE, the soft limit). Source: proc(5), /proc/[pid]/limits. */
final class OpenFileLimit {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFileLimit.class);
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+|unlimited)\\s.*");

    /** What Linux gives a process when nobody says otherwise. */
    private static final int DEFAULT_FILES = 1024;

    private OpenFileLimit() {}

    static int read() {
        try {
            return parse(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            LOG.warn("{}: {}; taking the limit of open files to be {}", LIMITS, e.getMessage(), DEFAULT_FILES);
            return DEFAULT_FILES;
        }
    }

    static int parse(List<String> lines) throws IOException {
        for (String line : lines) {
            Matcher found = LINE.matcher(line);
            if (found.matches()) {
                return found.group(1).equals("unlimited")
                        ? Integer.MAX_VALUE
                        : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(found.group(1)));
            }
        }
        throw new IOException("no line for open files");
    }
}
