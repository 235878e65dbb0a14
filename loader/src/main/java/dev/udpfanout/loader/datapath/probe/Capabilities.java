package dev.udpfanout.loader.datapath.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel allows this process to do: capabilities(7). */
public final class Capabilities {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String EFFECTIVE = "CapEff:";

    /** A capability, with its number in linux/capability.h. */
    private enum Capability {
        CAP_NET_ADMIN(12),
        CAP_SYS_ADMIN(21),
        CAP_PERFMON(38),
        CAP_BPF(39);

        private final int number;

        Capability(int number) {
            this.number = number;
        }

        boolean isIn(long effective) {
            return (effective >>> number & 1) != 0;
        }
    }

    private Capabilities() {}

    /**
     * The capabilities that the kernel datapath needs and this process has not; empty if it may go ahead. CAP_SYS_ADMIN
     * stands for CAP_BPF and CAP_PERFMON, as it did before Linux 5.8. Without CAP_PERFMON the verifier also follows
     * what a CPU might do speculatively, and gives up: the program is too large for that.
     */
    public static List<String> missingForKernelDatapath() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return missing(lines.toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STATUS, e);
        }
    }

    /** As above, from the lines of /proc/self/status. */
    static List<String> missing(List<String> status) {
        long effective = status.stream()
                .filter(line -> line.startsWith(EFFECTIVE))
                .map(line -> line.substring(EFFECTIVE.length()).strip())
                .mapToLong(hexadecimal -> Long.parseUnsignedLong(hexadecimal, 16))
                .findFirst()
                .orElse(0);
        boolean isAdministrator = Capability.CAP_SYS_ADMIN.isIn(effective);
        return Stream.of(Capability.CAP_NET_ADMIN, Capability.CAP_BPF, Capability.CAP_PERFMON)
                .filter(capability -> !capability.isIn(effective))
                .filter(capability -> capability == Capability.CAP_NET_ADMIN || !isAdministrator)
                .map(Enum::name)
                .toList();
    }
}
