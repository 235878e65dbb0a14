package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_test_run_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

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

    private static final byte[] LOOPBACK_ADDRESS = new byte[6];

    private final Arena arena = Arena.ofConfined();
    private final BpfProgram program;
    private final MemorySegment in = arena.allocate(MAX_FRAME_BYTES);
    private final MemorySegment out = arena.allocate(MAX_FRAME_BYTES);
    private final MemorySegment context = arena.allocate(CONTEXT_BYTES, Long.BYTES);
    private final MemorySegment options = bpf_test_run_opts.allocate(arena);

    private byte[] address = LOOPBACK_ADDRESS;

    public BpfTestBench(BpfProgram program) {
        this.program = program;
        bpf_test_run_opts.sz(options, bpf_test_run_opts.sizeof());
        bpf_test_run_opts.data_in(options, in);
        bpf_test_run_opts.data_out(options, out);
        bpf_test_run_opts.ctx_in(options, context);
        bpf_test_run_opts.ctx_size_in(options, CONTEXT_BYTES);
    }

    /**
     * Has the frames that follow come in on an interface; loopback if not said. What is for loopback's link-layer
     * address, which is all zero, becomes a frame for this interface's, since the kernel judges by it whether a frame
     * is for this host ({@code eth_type_trans} in net/ethernet/eth.c); what comes out has zeros there again.
     *
     * @param hardwareAddress the interface's, six bytes
     */
    public BpfTestBench on(int ifindex, byte[] hardwareAddress) {
        address = hardwareAddress.clone();
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
        if (startsWith(frame, LOOPBACK_ADDRESS)) {
            MemorySegment.copy(address, 0, in, ValueLayout.JAVA_BYTE, 0, address.length);
        }
        bpf_test_run_opts.data_size_in(options, frame.length);
        bpf_test_run_opts.data_size_out(options, MAX_FRAME_BYTES);
        bpf_test_run_opts.repeat(options, 1);
        LibbpfResult.check(
                Libbpf.bpf_prog_test_run_opts(program.fd(), options), "bpf_prog_test_run_opts", program.name());
        byte[] left = out.asSlice(0, Integer.toUnsignedLong(bpf_test_run_opts.data_size_out(options)))
                .toArray(ValueLayout.JAVA_BYTE);
        if (startsWith(left, address)) {
            System.arraycopy(LOOPBACK_ADDRESS, 0, left, 0, LOOPBACK_ADDRESS.length);
        }
        return new BpfProgram.TestRun(bpf_test_run_opts.retval(options), left, bpf_test_run_opts.duration(options));
    }

    private static boolean startsWith(byte[] frame, byte[] start) {
        return frame.length >= start.length && Arrays.equals(frame, 0, start.length, start, 0, start.length);
    }

    @Override
    public void close() {
        arena.close();
    }
}
