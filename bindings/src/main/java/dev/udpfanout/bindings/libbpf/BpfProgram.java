package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_prog_info;
import dev.udpfanout.bindings.generated.libbpf.bpf_test_run_opts;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A program in the kernel. The descriptor belongs to the {@link BpfObject} that loaded it.
 *
 * @param name as in the C source
 * @param fd its file descriptor
 */
public record BpfProgram(String name, int fd) {
    /**
     * Room for the packet that a test run gives back: the largest that BPF_PROG_TEST_RUN takes is a page less headroom.
     */
    private static final int TEST_RUN_BYTES = 64 * 1024;

    /** The beginning of struct __sk_buff in linux/bpf.h, and where its ifindex is. */
    private static final int CONTEXT_BYTES = 64;

    private static final long CONTEXT_IFINDEX = 40;

    /** The fields of struct xdp_md in linux/bpf.h. */
    private static final int XDP_CONTEXT_BYTES = 24;

    private static final long XDP_CONTEXT_DATA_END = 4;
    private static final long XDP_CONTEXT_IFINDEX = 12;

    /** struct bpf_insn. */
    private static final int INSTRUCTION_BYTES = 8;

    /** The kernel's number for it, as in {@code bpftool prog show}. */
    public int id() {
        try (Arena arena = Arena.ofConfined()) {
            return bpf_prog_info.id(info(arena, fd, name));
        }
    }

    /**
     * How much there is of a program.
     *
     * @param verified instructions that the verifier has looked at, each path anew; at most a million; 0 before Linux
     *     5.16, which does not say
     * @param loaded instructions of the program as it is in the kernel, its subprograms and what the verifier has put
     *     in included
     */
    public record Size(int verified, int loaded) {}

    /** The program's size, as the kernel tells it in struct bpf_prog_info. */
    public Size size() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, fd, name);
            return new Size(
                    bpf_prog_info.verified_insns(info), bpf_prog_info.xlated_prog_len(info) / INSTRUCTION_BYTES);
        }
    }

    /**
     * How often the kernel has left the program out, as it was at work on that CPU already: bpf_prog_inc_misses_counter
     * of kernel/bpf/syscall.c; 0 before Linux 5.12, which does not say.
     */
    public long missedRuns() {
        try (Arena arena = Arena.ofConfined()) {
            return bpf_prog_info.recursion_misses(info(arena, fd, name));
        }
    }

    /** Keeps the program in the kernel under this name until the file is removed: bpffs. */
    public void pin(Path path) {
        BpfFilesystem.pin(fd, path);
    }

    /**
     * The name that the kernel has for a program, at most 15 bytes; empty if the program is gone by now.
     *
     * @param programId the kernel's number for it
     */
    static Optional<String> nameOfId(int programId) {
        int programFd = Libbpf.bpf_prog_get_fd_by_id(programId);
        if (programFd < 0) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena, programFd, "program " + programId);
            return Optional.of(bpf_prog_info.name(info).getString(0));
        } finally {
            Libc.close(programFd);
        }
    }

    /** A descriptor of a program, to be closed; negative if it is gone, or without CAP_SYS_ADMIN. */
    static int fdOfId(int programId) {
        return Libbpf.bpf_prog_get_fd_by_id(programId);
    }

    private static MemorySegment info(Arena arena, int fd, String on) {
        MemorySegment info = bpf_prog_info.allocate(arena);
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, (int) bpf_prog_info.sizeof());
        LibbpfResult.check(Libbpf.bpf_obj_get_info_by_fd(fd, info, size), "bpf_obj_get_info_by_fd", on);
        return info;
    }

    /**
     * What a test run gave back.
     *
     * @param verdict what the program returned: a TC_ACT_*, or an XDP_*
     * @param frame the frame as the program left it
     * @param duration mean nanoseconds a run
     */
    public record TestRun(int verdict, byte[] frame, int durationNs) {}

    /**
     * Runs the program on a frame without sending anything: BPF_PROG_TEST_RUN of bpf(2).
     *
     * @param frame a whole Ethernet frame, at least 14 bytes
     * @param repeat how many runs the duration is the mean of, at least 1; the frame is edited anew by each
     */
    public TestRun testRun(byte[] frame, int repeat) {
        try (Arena arena = Arena.ofConfined()) {
            return testRun(arena, bpf_test_run_opts.allocate(arena), frame, repeat);
        }
    }

    /** Runs it once on a frame that seems to come by an interface of the calling thread's network namespace. */
    TestRun testRunOn(int ifindex, byte[] frame) {
        return testRunOn(ifindex, frame, 1);
    }

    /**
     * As {@link #testRun(byte[], int)}, on a frame that seems to come by an interface of the calling thread's network
     * namespace.
     */
    public TestRun testRunOn(int ifindex, byte[] frame, int repeat) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_test_run_opts.allocate(arena);
            MemorySegment context = arena.allocate(CONTEXT_BYTES);
            context.set(ValueLayout.JAVA_INT, CONTEXT_IFINDEX, ifindex);
            bpf_test_run_opts.ctx_in(options, context);
            bpf_test_run_opts.ctx_size_in(options, CONTEXT_BYTES);
            return testRun(arena, options, frame, repeat);
        }
    }

    /**
     * Runs an XDP program once on a frame that seems to come by an interface of the calling thread's network namespace.
     * Before Linux 5.15 it takes none: the frame seems to come by loopback then. net/bpf/test_run.c,
     * xdp_convert_md_to_buff.
     */
    TestRun testRunXdpOn(int ifindex, byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_test_run_opts.allocate(arena);
            MemorySegment context = arena.allocate(XDP_CONTEXT_BYTES);
            context.set(ValueLayout.JAVA_INT, XDP_CONTEXT_DATA_END, frame.length);
            context.set(ValueLayout.JAVA_INT, XDP_CONTEXT_IFINDEX, ifindex);
            bpf_test_run_opts.ctx_in(options, context);
            bpf_test_run_opts.ctx_size_in(options, XDP_CONTEXT_BYTES);
            return testRun(arena, options, frame, 1);
        } catch (SystemCallException e) {
            if (!e.errno().equals(Errno.EINVAL)) {
                throw e;
            }
            return testRun(frame, 1);
        }
    }

    private TestRun testRun(Arena arena, MemorySegment options, byte[] frame, int repeat) {
        MemorySegment out = arena.allocate(TEST_RUN_BYTES);
        bpf_test_run_opts.sz(options, bpf_test_run_opts.sizeof());
        bpf_test_run_opts.data_in(options, arena.allocateFrom(ValueLayout.JAVA_BYTE, frame));
        bpf_test_run_opts.data_size_in(options, frame.length);
        bpf_test_run_opts.data_out(options, out);
        bpf_test_run_opts.data_size_out(options, TEST_RUN_BYTES);
        bpf_test_run_opts.repeat(options, repeat);
        LibbpfResult.check(Libbpf.bpf_prog_test_run_opts(fd, options), "bpf_prog_test_run_opts", name);
        byte[] left = out.asSlice(0, Integer.toUnsignedLong(bpf_test_run_opts.data_size_out(options)))
                .toArray(ValueLayout.JAVA_BYTE);
        return new TestRun(bpf_test_run_opts.retval(options), left, bpf_test_run_opts.duration(options));
    }
}
