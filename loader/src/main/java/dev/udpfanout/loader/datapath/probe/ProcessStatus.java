package dev.udpfanout.loader.datapath.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What /proc/self/status says that the process may do. Source: proc_pid_status(5). */
record ProcessStatus(List<String> lines) {
    static final int CAP_NET_ADMIN = 12;
    static final int CAP_NET_RAW = 13;
    static final int CAP_SYS_ADMIN = 21;
    static final int CAP_PERFMON = 38;
    static final int CAP_BPF = 39;

    private static final String FILTERED = "2";

    static ProcessStatus read() {
        Path status = Path.of("/proc/self/status");
        try (Stream<String> lines = Files.lines(status)) {
            return new ProcessStatus(lines.toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + status, e);
        }
    }

    /** Whether a capability, by its number in linux/capability.h, is in the effective set. */
    boolean hasCapability(int number) {
        return (Long.parseUnsignedLong(value("CapEff:", "0"), 16) >>> number & 1) != 0;
    }

    /** Whether a seccomp filter looks at this process's system calls. */
    boolean isFiltered() {
        return value("Seccomp:", "").equals(FILTERED);
    }

    private String value(String key, String fallback) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElse(fallback);
    }
}
