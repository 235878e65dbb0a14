package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_test_run_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs a program on many frames, one after the other: {@link BpfProgram#testRun} without its set-up each time. For one
 * thread at a time.
 */
public final class BpfTestBench implements AutoCloseable {
    private static final int MAX_FRAME_BYTES = 64 * 1024;

    // struct __sk_buff in linux/bpf.h
    private static final int CONTEXT_BYTES = 192;
    private static final int INGRESS_IFINDEX_OFFSET = 36;
    private static final int IFINDEX_OFFSET = 40;
    private static final int GSO_SEGMENTS_OFFSET = 164;
    private static final int GSO_SIZE_OFFSET = 176;

    private final Arena arena = Arena.ofConfined();
    private final BpfProgram program;
    private final MemorySegment in = arena.allocate(MAX_FRAME_BYTES);
    private final MemorySegment out = arena.allocate(MAX_FRAME_BYTES);
    private final MemorySegment context = arena.allocate(CONTEXT_BYTES, Long.BYTES);
    private final MemorySegment options = bpf_test_run_opts.allocate(arena);

    public BpfTestBench(BpfProgram program) {
        this.program = program;
        bpf_test_run_opts.sz(options, bpf_test_run_opts.sizeof());
        bpf_test_run_opts.data_in(options, in);
        bpf_test_run_opts.data_out(options, out);
        bpf_test_run_opts.ctx_in(options, context);
        bpf_test_run_opts.ctx_size_in(options, CONTEXT_BYTES);
    }

    /** Has the frames that follow come in on an interface; loopback if not said. */
    public BpfTestBench on(int ifindex) {
        context.set(ValueLayout.JAVA_INT, IFINDEX_OFFSET, ifindex);
        context.set(ValueLayout.JAVA_INT, INGRESS_IFINDEX_OFFSET, ifindex);
        return this;
    }

    /**
     * Makes the frames that follow super-packets of so many segments, with so many bytes of payload each; 0, 0 for
     * none.
     */
    public BpfTestBench segments(int count, int payloadBytes) {
        context.set(ValueLayout.JAVA_INT, GSO_SEGMENTS_OFFSET, count);
        context.set(ValueLayout.JAVA_INT, GSO_SIZE_OFFSET, payloadBytes);
        return this;
    }

    /** Runs the program once. */
    public BpfProgram.TestRun run(byte[] frame) {
        MemorySegment.copy(frame, 0, in, ValueLayout.JAVA_BYTE, 0, frame.length);
        bpf_test_run_opts.data_size_in(options, frame.length);
        bpf_test_run_opts.data_size_out(options, MAX_FRAME_BYTES);
        bpf_test_run_opts.repeat(options, 1);
        LibbpfResult.check(
                Libbpf.bpf_prog_test_run_opts(program.fd(), options), "bpf_prog_test_run_opts", program.name());
        byte[] left = out.asSlice(0, Integer.toUnsignedLong(bpf_test_run_opts.data_size_out(options)))
                .toArray(ValueLayout.JAVA_BYTE);
        return new BpfProgram.TestRun(bpf_test_run_opts.retval(options), left, bpf_test_run_opts.duration(options));
    }

    @Override
    public void close() {
        arena.close();
    }
}
