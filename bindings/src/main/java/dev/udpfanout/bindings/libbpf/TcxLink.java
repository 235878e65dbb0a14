package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_link_create_opts;
import dev.udpfanout.bindings.generated.libbpf.bpf_prog_query_opts;
import dev.udpfanout.bindings.generated.libbpf.uf_tcx_link_info;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A program on an interface's TCX hook (Linux 6.6), held by a link: nobody else can replace or remove it, and it goes
 * when the last descriptor of the link is closed, with the process at the latest. Source: kernel/bpf/tcx.c.
 */
public final class TcxLink implements AutoCloseable {
    /** include/net/tcx.h: TCX_MAX_PROGS is one less. */
    private static final int MAX_PROGRAMS = 64;

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

    /** A link that was pinned; empty if nothing is pinned there. */
    public static Optional<TcxLink> openPinned(Path path, String interfaceName, HookPoint hook) {
        int fd = BpfFilesystem.open(path);
        return fd < 0 ? Optional.empty() : Optional.of(new TcxLink(interfaceName + " " + hook + " (TCX)", fd));
    }

    /** Keeps the link, and so the program on its hook, until the file is removed and the link closed: bpffs. */
    public void pin(Path path) {
        BpfFilesystem.pin(fd, path);
    }

    /** Whether the link holds this hook of this interface. */
    public boolean isOn(int ifindex, HookPoint hook) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, fd, on);
            return uf_tcx_link_info.type(info) == Libbpf.UF_BPF_LINK_TYPE_TCX()
                    && uf_tcx_link_info.ifindex(info) == ifindex
                    && uf_tcx_link_info.attach_type(info) == hook.tcxType();
        }
    }

    /** Lets go of the link without taking the program off; a pinned link stays. */
    public void release() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
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
            release();
        }
    }

    /**
     * Detaches the links of programs of given names from one hook, whoever holds them: what a daemon that is gone has
     * left pinned, or one that still runs.
     *
     * @return how many
     */
    public static int detachAll(int ifindex, HookPoint hook, Predicate<String> programName) {
        Set<Integer> programIds = programIds(ifindex, hook, programName);
        if (programIds.isEmpty()) {
            return 0;
        }
        int detached = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            for (int current = 0;
                    LibbpfResult.checkUnless(
                            Errno.ENOENT, Libbpf.bpf_link_get_next_id(current, id), "bpf_link_get_next_id", "");
                    current = id.get(ValueLayout.JAVA_INT, 0)) {
                if (detachIfIts(id.get(ValueLayout.JAVA_INT, 0), ifindex, hook, programIds)) {
                    detached++;
                }
            }
        }
        return detached;
    }

    /** The kernel's number for the program that the link holds. */
    public int programId() {
        try (Arena arena = Arena.ofConfined()) {
            return uf_tcx_link_info.prog_id(info(arena, fd, on));
        }
    }

    /**
     * All programs on a hook, by the kernel's numbers, in the order in which they run; none on a kernel without TCX.
     * Needs CAP_NET_ADMIN.
     */
    public static List<Integer> programsOn(int ifindex, HookPoint hook) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, MAX_PROGRAMS);
            MemorySegment options = bpf_prog_query_opts.allocate(arena);
            bpf_prog_query_opts.sz(options, bpf_prog_query_opts.sizeof());
            bpf_prog_query_opts.prog_ids(options, ids);
            bpf_prog_query_opts.prog_cnt(options, MAX_PROGRAMS);
            int result = Libbpf.bpf_prog_query_opts(ifindex, hook.tcxType(), options);
            // EINVAL: a kernel without TCX; ENOENT: nothing was ever attached here.
            if (result == -Errno.EINVAL.number() || result == -Errno.ENOENT.number()) {
                return List.of();
            }
            LibbpfResult.check(result, "bpf_prog_query", "ifindex " + ifindex + " " + hook);
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < bpf_prog_query_opts.prog_cnt(options); i++) {
                found.add(ids.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return found;
        }
    }

    /**
     * The programs on a hook. Links are numbered across all network namespaces, and interfaces in each, so the program
     * is what tells a link of this namespace from one of another.
     */
    private static Set<Integer> programIds(int ifindex, HookPoint hook, Predicate<String> programName) {
        Set<Integer> found = new HashSet<>();
        for (int programId : programsOn(ifindex, hook)) {
            if (BpfProgram.nameOfId(programId).filter(programName).isPresent()) {
                found.add(programId);
            }
        }
        return found;
    }

    private static boolean detachIfIts(int linkId, int ifindex, HookPoint hook, Set<Integer> programIds) {
        int linkFd = Libbpf.bpf_link_get_fd_by_id(linkId);
        if (linkFd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, linkFd, "link " + linkId);
            return uf_tcx_link_info.type(info) == Libbpf.UF_BPF_LINK_TYPE_TCX()
                    && uf_tcx_link_info.ifindex(info) == ifindex
                    && uf_tcx_link_info.attach_type(info) == hook.tcxType()
                    && programIds.contains(uf_tcx_link_info.prog_id(info))
                    && Libbpf.bpf_link_detach(linkFd) == 0;
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
