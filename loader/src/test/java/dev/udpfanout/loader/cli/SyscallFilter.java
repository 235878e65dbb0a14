package dev.udpfanout.loader.cli;

import dev.udpfanout.lab.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs run under a real seccomp filter: {@code src/test/c/without_syscalls.c}, compiled here. */
final class SyscallFilter {
    private final Path launcher;

    private SyscallFilter(Path launcher) {
        this.launcher = launcher;
    }

    /** Compiles the launcher into a directory. */
    static SyscallFilter compile(Path directory) {
        Path launcher = directory.resolve("without_syscalls");
        Command.run(
                List.of("cc", "-O2", "-Wall", "-Werror", "-o", launcher.toString(), "src/test/c/without_syscalls.c"));
        return new SyscallFilter(launcher);
    }

    /** A command that is refused the calls of a name: {@code bpf} or {@code io_uring}. */
    List<String> without(String names, List<String> command) {
        List<String> all = new ArrayList<>(List.of(launcher.toString(), names));
        all.addAll(command);
        return all;
    }
}
