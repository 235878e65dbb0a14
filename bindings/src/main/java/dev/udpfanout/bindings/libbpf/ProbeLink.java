package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A program on a raw tracepoint of the kernel, named by its section ({@code raw_tp/kfree_skb}). Nothing but the
 * descriptor holds it, so it goes with the process at the latest. Needs CAP_BPF and CAP_PERFMON, and no tracefs.
 * Source: BPF_RAW_TRACEPOINT_OPEN of bpf(2).
 */
public final class ProbeLink implements AutoCloseable {
    private static final MethodHandle ATTACH =
            ErrnoCapture.handle(Libbpf.bpf_program__attach$address(), Libbpf.bpf_program__attach$descriptor());

    private MemorySegment link;

    private ProbeLink(MemorySegment link) {
        this.link = link;
    }

    /**
     * Attaches a loaded program.
     *
     * @param program libbpf's {@code struct bpf_program}
     * @throws SystemCallException EINVAL if the kernel's tracepoint has fewer arguments, ENOENT if it has none of that
     *     name
     */
    static ProbeLink attach(MemorySegment program, String name) {
        try {
            MemorySegment link = (MemorySegment) ATTACH.invokeExact(ErrnoCapture.state(), program);
            if (link.equals(MemorySegment.NULL)) {
                throw new SystemCallException("bpf_program__attach", name, ErrnoCapture.errno());
            }
            return new ProbeLink(link);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    @Override
    public void close() {
        if (!link.equals(MemorySegment.NULL)) {
            Libbpf.bpf_link__destroy(link);
            link = MemorySegment.NULL;
        }
    }
}
