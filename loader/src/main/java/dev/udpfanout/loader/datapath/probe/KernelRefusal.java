package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out, for an operator to read, why the kernel datapath cannot be had. */
public final class KernelRefusal {
    /** What a kernel that does not want a program, or has no such thing, answers; anything else may pass by itself. */
    private static final Set<String> LASTING =
            Set.of("EPERM", "EACCES", "EINVAL", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "E2BIG");

    private static final int FIRST_FILE_ERROR = 4000;
    private static final int LAST_FILE_ERROR = 4003;

    private KernelRefusal() {}

    /** Why this process may not use bpf(2) at all; empty if it may. Costs one system call and one file. */
    public static Optional<String> beforeTrying() {
        List<String> missing = Capabilities.missingForKernelDatapath();
        if (!missing.isEmpty()) {
            return Optional.of("missing " + String.join(" and ", missing)
                    + ": run as root, or grant them (securityContext.capabilities.add in Kubernetes)");
        }
        return bpfUnusable();
    }

    /** As above, without a look at the capabilities. */
    static Optional<String> bpfUnusable() {
        try {
            // BPF_OBJ_GET of a file that is not there needs no privilege and changes nothing.
            BpfMap.openPinned(Path.of("/proc/self/there-is-no-such-map"));
            return Optional.empty();
        } catch (SystemCallException e) {
            return switch (e.errno().symbol()) {
                case "EPERM", "EACCES" -> Optional.of(refusedCall(e.errno(), ProcessStatus.read()));
                case "ENOSYS" -> Optional.of("this kernel has no bpf(2), or a seccomp filter hides it");
                // It has looked for the file: the call as such works.
                default -> Optional.empty();
            };
        } catch (LinkageError | IllegalArgumentException e) {
            return Optional.of(withoutLibrary(e));
        }
    }

    /** Whether it is not the kernel that refuses, but the file that is no eBPF object: LIBBPF_ERRNO__* of libbpf.h. */
    public static boolean isNoObject(SystemCallException failure) {
        int number = failure.errno().number();
        return number >= FIRST_FILE_ERROR && number <= LAST_FILE_ERROR;
    }

    /** Why an attempt failed, if that is for good: empty for what may have another result the next time. */
    public static Optional<String> lasting(RuntimeException failure) {
        if (!(failure instanceof SystemCallException call)
                || !LASTING.contains(call.errno().symbol())) {
            return Optional.empty();
        }
        return bpfUnusable().or(() -> Optional.of(call.getMessage()));
    }

    /** The process that has the capability is refused all the same: who is it that refuses? */
    private static String refusedCall(Errno errno, ProcessStatus status) {
        String what = "bpf(2) answers " + errno.symbol();
        if (!status.hasCapability(ProcessStatus.CAP_BPF) && !status.hasCapability(ProcessStatus.CAP_SYS_ADMIN)) {
            return what + ": CAP_BPF is missing";
        }
        return what + " although the process has CAP_BPF: "
                + (status.isFiltered()
                        ? "blocked by a seccomp filter"
                        : "blocked by a security module or by kernel lockdown");
    }

    /** Once the class of the library's functions has failed, each later use gives an error that no longer says why. */
    private static String withoutLibrary(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String detail = root.getMessage() == null ? root.toString() : root.getMessage();
        return "failed to load libbpf.so.1: " + detail;
    }
}
