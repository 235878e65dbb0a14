package dev.udpfanout.loader.drops;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.ProbeLink;
import dev.udpfanout.bindings.libbpf.RingBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The probes that read what udp-fanout notes on packets that it drops. Descriptors of this process alone hold them: any
 * number of processes may watch, and a crash ends the watch. For one thread.
 */
public final class DropWatch implements AutoCloseable {
    /** {@code struct uf_drops_settings}. */
    static final StructLayout SETTINGS = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("netns"), ValueLayout.JAVA_INT.withName("per_second"));

    /** {@code struct uf_drops_window}. */
    static final StructLayout WINDOW = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("second"),
            ValueLayout.JAVA_LONG.withName("told"),
            ValueLayout.JAVA_LONG.withName("seen"),
            ValueLayout.JAVA_LONG.withName("written"));

    private static final String RESOURCE = "/dev/udpfanout/bpf/udp_fanout_drops.bpf.o";
    private static final String SECTION = ".rodata.settings";
    /** Where packets are freed, and where those go on that become the answer to their sender. */
    private static final List<String> PROBES = List.of("uf_drops_free", "uf_drops_queue", "uf_drops_receive");

    private static final long SEEN = 2;
    private static final long WRITTEN = 3;

    private final BpfObject object;
    private final List<ProbeLink> links = new ArrayList<>();
    private RingBuffer events;

    private DropWatch(BpfObject object) {
        this.object = object;
    }

    /**
     * Packets since the watch began.
     *
     * @param seen that were dropped
     * @param told of these, those that were given to the reader
     */
    public record Totals(long seen, long told) {}

    /**
     * Begins to watch one network namespace.
     *
     * @param namespace the inode of the namespace
     * @param perSecond how many are told in a second; the others are only counted
     * @throws dev.udpfanout.bindings.errno.SystemCallException EPERM without CAP_BPF and CAP_PERFMON, or if the kernel
     *     has no BTF (/sys/kernel/btf/vmlinux)
     */
    public static DropWatch begin(int namespace, int perSecond, Consumer<DropEvent> reader) {
        DropWatch watch = new DropWatch(BpfObject.open(builtIn(), "uf_drops"));
        try {
            watch.object.editSection(SECTION, section -> {
                section.set(ValueLayout.JAVA_INT, 0, namespace);
                section.set(ValueLayout.JAVA_INT, Integer.BYTES, perSecond);
            });
            watch.object.load();
            watch.events = RingBuffer.open(watch.object.map("EVENTS"), record -> reader.accept(DropEvent.read(record)));
            PROBES.forEach(probe -> watch.links.add(watch.object.attachProbe(probe)));
            return watch;
        } catch (RuntimeException e) {
            watch.close();
            throw e;
        }
    }

    private static byte[] builtIn() {
        try (InputStream in = DropWatch.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("failed to read " + RESOURCE, e);
        }
    }

    /** Gives the reader what was dropped; waits for that if there is nothing yet. */
    public void poll(int timeoutMs) {
        events.poll(timeoutMs);
    }

    public Totals totals() {
        try (Arena arena = Arena.ofConfined();
                BpfMap window = object.map("WINDOW")) {
            MemorySegment value = arena.allocate(WINDOW);
            window.get(arena.allocateFrom(ValueLayout.JAVA_INT, 0), value, 0);
            return new Totals(
                    value.getAtIndex(ValueLayout.JAVA_LONG, SEEN), value.getAtIndex(ValueLayout.JAVA_LONG, WRITTEN));
        }
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
