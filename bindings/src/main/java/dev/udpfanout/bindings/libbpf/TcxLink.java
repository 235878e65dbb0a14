package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_link_create_opts;
import dev.udpfanout.bindings.generated.libbpf.uf_tcx_link_info;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * A program on an interface's TCX hook (Linux 6.6), held by a link: nobody else can replace or remove it, and it goes when
 * the last descriptor of the link is closed, with the process at the latest. Source: kernel/bpf/tcx.c.
 */
public final class TcxLink implements AutoCloseable {
    private final String on;
    private int fd;

    private TcxLink(String on, int fd) {
        this.on = on;
        this.fd = fd;
    }

    /**
     * Puts the program first in the chain, before everyone who is there now.
     *
     * @param interfaceName for errors only
     * @throws dev.udpfanout.bindings.errno.SystemCallException EINVAL on a kernel without TCX, ENODEV without the
     *     interface
     */
    public static TcxLink attachFirst(BpfProgram program, int ifindex, String interfaceName, HookPoint hook) {
        String on = interfaceName + " " + hook + " (TCX)";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_link_create_opts.allocate(arena);
            bpf_link_create_opts.sz(options, bpf_link_create_opts.sizeof());
            bpf_link_create_opts.flags(options, Libbpf.UF_BPF_F_BEFORE());
            int fd = Libbpf.bpf_link_create(program.fd(), ifindex, hook.tcxType(), options);
            return new TcxLink(on, LibbpfResult.check(fd, "bpf_link_create", on));
        }
    }

    /** Whether the link still holds an interface: the kernel lets go when the interface vanishes. */
    public boolean isAttached() {
        try (Arena arena = Arena.ofConfined()) {
            return uf_tcx_link_info.ifindex(info(arena, fd, on)) != 0;
        }
    }

    /** Changes the program in one step; no packet passes by without one. */
    public void replace(BpfProgram program) {
        LibbpfResult.check(Libbpf.bpf_link_update(fd, program.fd(), MemorySegment.NULL), "bpf_link_update", on);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            // Closing alone would leave the detaching to a work queue of the kernel: detach, so that it is done.
            Libbpf.bpf_link_detach(fd);
            Libc.close(fd);
            fd = -1;
        }
    }

    /**
     * Detaches every TCX link on this machine's interfaces whose program has the given name, whoever holds it: what a
     * daemon that is gone has left pinned, or one that still runs.
     *
     * @return how many
     */
    public static int detachAll(Predicate<String> programName, IntPredicate ifindex) {
        int detached = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            for (int current = 0;
                    LibbpfResult.checkUnless(
                            Errno.ENOENT, Libbpf.bpf_link_get_next_id(current, id), "bpf_link_get_next_id", "");
                    current = id.get(ValueLayout.JAVA_INT, 0)) {
                if (detachIfOurs(id.get(ValueLayout.JAVA_INT, 0), programName, ifindex)) {
                    detached++;
                }
            }
        }
        return detached;
    }

    private static boolean detachIfOurs(int linkId, Predicate<String> programName, IntPredicate ifindex) {
        int linkFd = Libbpf.bpf_link_get_fd_by_id(linkId);
        if (linkFd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, linkFd, "link " + linkId);
            if (uf_tcx_link_info.type(info) != Libbpf.UF_BPF_LINK_TYPE_TCX()
                    || !ifindex.test(uf_tcx_link_info.ifindex(info))) {
                return false;
            }
            int programFd = Libbpf.bpf_prog_get_fd_by_id(uf_tcx_link_info.prog_id(info));
            if (programFd < 0) {
                return false;
            }
            try {
                return programName.test(BpfProgram.nameOf(programFd)) && Libbpf.bpf_link_detach(linkFd) == 0;
            } finally {
                Libc.close(programFd);
            }
        } finally {
            Libc.close(linkFd);
        }
    }

    private static MemorySegment info(Arena arena, int linkFd, String on) {
        // The kernel writes what it knows, as much as there is room for: newer kernels know more than this structure.
        MemorySegment info = arena.allocate(256);
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, 256);
        LibbpfResult.check(Libbpf.bpf_obj_get_info_by_fd(linkFd, info, size), "bpf_obj_get_info_by_fd", on);
        return info;
    }
}
