package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.ring_buffer_sample_fn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;

/**
 * What programs write into a map of type BPF_MAP_TYPE_RINGBUF (Linux 5.8), in the order of all CPUs. One reader a map;
 * for one thread. Source: Documentation/bpf/ringbuf.rst.
 */
public final class RingBuffer implements AutoCloseable {
    private static final MethodHandle NEW =
            ErrnoCapture.handle(Libbpf.ring_buffer__new$address(), Libbpf.ring_buffer__new$descriptor());

    private final Arena arena = Arena.ofConfined();
    private final String name;
    private final Consumer<MemorySegment> reader;
    private MemorySegment ring;
    private RuntimeException failure;

    private RingBuffer(String name, Consumer<MemorySegment> reader) {
        this.name = name;
        this.reader = reader;
    }

    /**
     * Opens a map for reading.
     *
     * @param reader is given each record's bytes, which are valid only during the call
     */
    public static RingBuffer open(BpfMap map, Consumer<MemorySegment> reader) {
        RingBuffer buffer = new RingBuffer(map.name(), reader);
        try {
            MemorySegment callback = ring_buffer_sample_fn.allocate(buffer::onRecord, buffer.arena);
            buffer.ring = (MemorySegment)
                    NEW.invokeExact(ErrnoCapture.state(), map.fd(), callback, MemorySegment.NULL, MemorySegment.NULL);
            if (buffer.ring.equals(MemorySegment.NULL)) {
                throw new SystemCallException("ring_buffer__new", map.name(), ErrnoCapture.errno());
            }
            return buffer;
        } catch (Throwable e) {
            buffer.arena.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** An exception must not leave an upcall: the JVM would end. It is thrown by {@link #poll} or {@link #consume}. */
    private int onRecord(MemorySegment context, MemorySegment data, long bytes) {
        try {
            reader.accept(data.reinterpret(bytes));
            return 0;
        } catch (RuntimeException e) {
            failure = e;
            return -1;
        }
    }

    /**
     * Reads what is there; waits if there is nothing yet. The kernel wakes a reader only for a record that it writes
     * while it sees the reader at the end (bpf_ringbuf_commit in kernel/bpf/ringbuf.c). A reader that is not woken in
     * time would not be woken again, so this looks at the buffer after each wait, too.
     *
     * @param timeoutMs the longest wait
     */
    public void poll(int timeoutMs) {
        int result = Libbpf.ring_buffer__poll(ring, timeoutMs);
        rethrow();
        // A signal ends the wait: there is nothing to read, which is no error.
        LibbpfResult.checkUnless(Errno.EINTR, result, "ring_buffer__poll", name);
        consume();
    }

    /** Reads what is there without waiting, also what nobody has been woken for. */
    public void consume() {
        int result = Libbpf.ring_buffer__consume(ring);
        rethrow();
        LibbpfResult.check(result, "ring_buffer__consume", name);
    }

    private void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        if (!ring.equals(MemorySegment.NULL)) {
            Libbpf.ring_buffer__free(ring);
            ring = MemorySegment.NULL;
            arena.close();
        }
    }
}
