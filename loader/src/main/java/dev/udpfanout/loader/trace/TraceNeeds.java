package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.datapath.probe.Capabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What following packets in the kernel takes beyond what every kernel from 5.10 on has: raw tracepoints (4.17), ring
 * buffers (5.8) and BPF_PROG_TEST_RUN.
 */
public final class TraceNeeds {
    private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");

    private TraceNeeds() {}

    /** What is missing here, as one sentence without its full stop; empty if nothing is. */
    public static Optional<String> missing() {
        return missing(KERNEL_TYPES, Capabilities.missingForKernelDatapath());
    }

    static Optional<String> missing(Path kernelTypes, List<String> capabilities) {
        if (!capabilities.isEmpty()) {
            return Optional.of("this process has not " + String.join(", ", capabilities)
                    + "; run it as root on the node, or in the daemon's own container");
        }
        return Files.exists(kernelTypes)
                ? Optional.empty()
                : Optional.of("the kernel does not describe its structures: there is no " + kernelTypes
                        + " (CONFIG_DEBUG_INFO_BTF=y makes it)");
    }
}
