package dev.udpfanout.loader.doctor.daemon;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the daemon may have as many maps as it needs. Before Linux 5.11 the kernel charges them to RLIMIT_MEMLOCK of
 * getrlimit(2) (bpf_map_charge_init of kernel/bpf/syscall.c); since then to the memory cgroup.
 */
public final class MemoryLockCheck {
    private static final String CHECK = "memlock";
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final Pattern LIMIT = Pattern.compile("Max locked memory\\s+(\\S+)\\s+.*");
    private static final int MAJOR = 5;
    private static final int MINOR = 11;
    /** The maps of a daemon with the default sizes of its tables take about as much. */
    private static final long ENOUGH_BYTES = 256L << 20;

    private MemoryLockCheck() {}

    /**
     * @param proc where proc(5) is
     * @param daemon the daemon's process; this one is asked if it is not known
     */
    public static Diagnosis of(Path proc, Optional<Integer> daemon) {
        String release = lines(proc.resolve("sys/kernel/osrelease")).stream()
                .findFirst()
                .orElse("")
                .strip();
        Matcher version = RELEASE.matcher(release);
        if (!version.matches()) {
            return Diagnosis.notChecked(
                    CHECK, "the kernel does not tell its release", "uname -r; before 5.11: ulimit -l unlimited");
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        if (major > MAJOR || major == MAJOR && minor >= MINOR) {
            return Diagnosis.ok(CHECK, "Linux " + release + " charges maps to the cgroup, and not to RLIMIT_MEMLOCK");
        }
        String process = daemon.map(String::valueOf).orElse("self");
        String limit = lines(proc.resolve(process).resolve("limits")).stream()
                .map(LIMIT::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse("");
        if (limit.isEmpty()) {
            return Diagnosis.notChecked(
                    CHECK, "the daemon's limits cannot be read", "grep locked /proc/PID/limits of the daemon");
        }
        boolean isEnough = limit.equals("unlimited") || Long.parseLong(limit) >= ENOUGH_BYTES;
        return isEnough
                ? Diagnosis.ok(CHECK, "RLIMIT_MEMLOCK is " + limit)
                : Diagnosis.warning(
                        CHECK,
                        "RLIMIT_MEMLOCK is " + limit + " bytes, and Linux " + release + " charges maps to it",
                        "a map that does not fit is refused with EPERM, so that the kernel datapath does not come up, or"
                                + " a larger table does not",
                        "give the container CAP_SYS_RESOURCE, with which the daemon raises it; or ulimit -l unlimited");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
