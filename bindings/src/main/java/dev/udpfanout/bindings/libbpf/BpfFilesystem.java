package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Names in bpffs: BPF_OBJ_PIN and BPF_OBJ_GET of bpf(2). */
final class BpfFilesystem {
    private BpfFilesystem() {}

    /** A descriptor of what is pinned there, or -1 if nothing is. */
    static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libbpf.bpf_obj_get(arena.allocateFrom(path.toString()));
            return fd == -Errno.ENOENT.number() ? -1 : LibbpfResult.check(fd, "bpf_obj_get", path.toString());
        }
    }

    static void pin(int fd, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            LibbpfResult.check(
                    Libbpf.bpf_obj_pin(fd, arena.allocateFrom(path.toString())), "bpf_obj_pin", path.toString());
        }
    }
}
