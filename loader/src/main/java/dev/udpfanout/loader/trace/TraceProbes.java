package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ProbeLink;
import dev.udpfanout.bindings.libbpf.RingBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The probes in the kernel, and the way in for test datagrams. Descriptors of this process alone hold them, so nothing
 * stays of them, whatever ends it. For one thread, whose network namespace test datagrams come into.
 */
final class TraceProbes implements AutoCloseable {
    private static final String RESOURCE = "/dev/udpfanout/bpf/udp_fanout_trace.bpf.o";
    private static final String NAME = "uf_trace";
    private static final String INJECT = "uf_trace_inject";
    private static final List<String> PROBES =
            List.of("uf_trace_receive", "uf_trace_send", "uf_trace_free", "uf_trace_consume");

    /** Its tracepoint came with Linux 6.3. */
    private static final String QUEUE = "uf_trace_queue";

    private final BpfObject object;
    private final List<ProbeLink> links = new ArrayList<>();
    private BpfProgram inject;
    private RingBuffer events;

    private TraceProbes(BpfObject object) {
        this.object = object;
    }

    /**
     * Loads and attaches them; what happens from here on is seen.
     *
     * @throws SystemCallException EPERM without CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or if the kernel has no BTF
     *     (/sys/kernel/btf/vmlinux)
     */
    static TraceProbes attach(TraceSettings settings, Consumer<TraceEvent> reader) {
        TraceProbes probes = new TraceProbes(BpfObject.open(builtIn(), NAME));
        try {
            probes.object.editSection(TraceSettings.SECTION, settings::writeTo);
            probes.object.load();
            probes.inject = probes.object.program(INJECT);
            probes.events =
                    RingBuffer.open(probes.object.map("EVENTS"), record -> reader.accept(TraceEvent.read(record)));
            PROBES.forEach(name -> probes.links.add(probes.object.attachProbe(name)));
            probes.attachQueue();
            return probes;
        } catch (RuntimeException e) {
            probes.close();
            throw e;
        }
    }

    private void attachQueue() {
        try {
            links.add(object.attachProbe(QUEUE));
        } catch (SystemCallException e) {
            if (!e.errno().symbol().equals("ENOENT")) {
                throw e;
            }
        }
    }

    private static byte[] builtIn() {
        try (InputStream in = TraceProbes.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("failed to read " + RESOURCE, e);
        }
    }

    /**
     * Has a frame come in by the interface of the settings.
     *
     * @return whether the interface took it: it does not if it is down, or the frame larger than its MTU
     */
    boolean inject(byte[] frame) {
        return inject.testRun(frame, 1).verdict() == 0;
    }

    /**
     * How many events of any packet on this machine were left out since the probes are attached: an interrupt had a
     * probe called on a CPU where the same one was at work.
     */
    long missedRuns() {
        return PROBES.stream()
                .mapToLong(name -> object.program(name).missedRuns())
                .sum();
    }

    /** Gives the reader what has happened; waits for that if there is nothing yet. */
    void poll(int timeoutMs) {
        events.poll(timeoutMs);
    }

    @Override
    public void close() {
        links.forEach(ProbeLink::close);
        if (events != null) {
            events.close();
        }
        object.close();
    }
}
