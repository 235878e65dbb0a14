package dev.udpfanout.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose namespaces these are: names begin {@code ufo-<pid>-<start>-<counter>-}. The start time, in clock ticks after
 * boot and in base 36, tells a dead run from a living process that got the same pid.
 *
 * @param pid the process that made the namespaces
 * @param startTicks when it started: field 22 of /proc/PID/stat, see proc(5)
 * @param counter which topology of that process, from 1
 */
public record RunName(long pid, long startTicks, int counter) {
    /** How the name of each namespace of the lab begins; nothing else is ever removed. */
    public static final String PREFIX = "ufo-";

    private static final Pattern FORM = Pattern.compile("ufo-(\\d{1,10})-([0-9a-z]{1,12})-(\\d{1,9})-[a-z0-9]+");
    private static final int RADIX = 36;
    private static final int FIELDS_BETWEEN_NAME_AND_START = 20;

    /** The name of this process's topology number {@code counter}. */
    public static RunName ofThisProcess(int counter) {
        long pid = ProcessHandle.current().pid();
        long start = startTicks(pid).orElseThrow(() -> new IllegalStateException("/proc/" + pid + "/stat is missing"));
        return new RunName(pid, start, counter);
    }

    /** Reads the owner out of a namespace's name; empty for a name that the lab did not give. */
    public static Optional<RunName> parse(String namespace) {
        Matcher parts = FORM.matcher(namespace);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(new RunName(
                Long.parseLong(parts.group(1)),
                Long.parseLong(parts.group(2), RADIX),
                Integer.parseInt(parts.group(3))));
    }

    /** The full name of one namespace, for example {@code ufo-4711-9ix2-1-pod1}. */
    public String namespace(String role) {
        return PREFIX + pid + "-" + Long.toString(startTicks, RADIX) + "-" + counter + "-" + role;
    }

    /** Whether the process that this names still runs. */
    public boolean ownerLives() {
        return startTicks(pid).filter(ticks -> ticks == startTicks).isPresent();
    }

    private static Optional<Long> startTicks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is the program's name in parentheses and may hold blanks and parentheses itself.
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 1).split(" ");
            return Optional.of(Long.parseLong(afterName[FIELDS_BETWEEN_NAME_AND_START]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
