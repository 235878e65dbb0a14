package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.nio.file.Path;

/**
 * A program that another process has pinned in bpffs, for as long as this is open.
 *
 * @param program by the pin's name
 */
public record PinnedProgram(BpfProgram program) implements AutoCloseable {
    /** @throws SystemCallException with ENOENT if nothing is pinned there */
    public static PinnedProgram open(Path path) {
        int fd = BpfFilesystem.open(path);
        if (fd < 0) {
            throw new SystemCallException("bpf_obj_get", path.toString(), Errno.ENOENT);
        }
        return new PinnedProgram(new BpfProgram(path.getFileName().toString(), fd));
    }

    @Override
    public void close() {
        Libc.close(program.fd());
    }
}
