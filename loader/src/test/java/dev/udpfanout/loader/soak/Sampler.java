package dev.udpfanout.loader.soak;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapShape;
import dev.udpfanout.bindings.libbpf.MapType;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.chaos.Counters;
import dev.udpfanout.loader.chaos.NodeLab;
import dev.udpfanout.loader.endtoend.services.ProcessCost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes one sample after the other of a node under load. */
final class Sampler {
    /** Those whose entries come and go; an array has all of its own for ever. */
    private static final Set<Integer> KEYED = Stream.of(
                    MapType.HASH, MapType.LRU_HASH, MapType.LPM_TRIE, MapType.DEVMAP_HASH)
            .map(MapType::number)
            .collect(Collectors.toUnmodifiableSet());

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final NodeLab lab;
    private final long startNanos = System.nanoTime();
    private final long sentBefore;
    private final Counters countersBefore;
    private List<Integer> settled;
    private List<Integer> next;
    private long lost;

    /** One whose counts begin now. */
    Sampler(NodeLab lab) {
        this.lab = lab;
        this.sentBefore = lab.traffic().sent();
        this.countersBefore = Counters.read(lab);
        this.settled = lab.traffic().next();
        this.next = settled;
    }

    /** What it is now. */
    Sample take() throws IOException {
        lost += lab.traffic().lostBetween(settled, next);
        settled = next;
        next = lab.traffic().next();
        LabProcess daemon = lab.daemon().process();
        long entries = 0;
        List<Path> pinned = pinned();
        for (Path pin : pinned) {
            entries += entries(pin);
        }
        return new Sample(
                (System.nanoTime() - startNanos) / NANOS_PER_SECOND,
                lab.traffic().sent() - sentBefore,
                lost,
                Counters.read(lab).since(countersBefore).overload(),
                lab.traffic().duplicates(),
                ProcessCost.status(daemon, "VmRSS"),
                ProcessCost.status(daemon, "RssAnon"),
                lab.daemon().admin().metricBy("area", "jvm_memory_used_bytes").getOrDefault("heap", 0L),
                ProcessCost.status(daemon, "Threads"),
                ProcessCost.descriptors(daemon),
                Math.round(ProcessCost.cpuSeconds(daemon) * 1_000),
                pinned.size(),
                entries,
                ProcessCost.mapsBytes(daemon),
                load());
    }

    /**
     * Has the daemon's JVM make a full collection.
     *
     * @throws dev.udpfanout.lab.process.CommandFailedException if it does not answer
     */
    void collect() {
        Command.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(lab.daemon().process().pid()),
                "GC.run"));
    }

    /**
     * The daemon's pins of maps, which are in a folder for each layout of theirs (docs/versioning.md). Programs, whose
     * names are in lower case, are pinned beside them.
     */
    List<Path> pinned() throws IOException {
        try (Stream<Path> files = Files.walk(lab.daemon().pins())) {
            return files.filter(
                            file -> file.getParent().getFileName().toString().matches("v\\d+"))
                    .filter(Files::isRegularFile)
                    .filter(file ->
                            Character.isUpperCase(file.getFileName().toString().charAt(0)))
                    .toList();
        }
    }

    private static long entries(Path pin) {
        try (Arena arena = Arena.ofConfined();
                BpfMap map = BpfMap.openPinned(pin).orElse(null)) {
            if (map == null || !KEYED.contains(map.shape().type())) {
                return 0;
            }
            MapShape shape = map.shape();
            MemorySegment key = arena.allocate(shape.keyBytes());
            long entries = 0;
            // What goes while it is counted has the kernel begin anew: no more are counted than fit.
            for (boolean more = map.nextKey(MemorySegment.NULL, key);
                    more && entries < shape.maxEntries();
                    more = map.nextKey(key, key)) {
                entries++;
            }
            return entries;
        }
    }

    private static long load() throws IOException {
        String first = Files.readAllLines(Path.of("/proc/loadavg")).getFirst().split(" ")[0];
        return Math.round(Double.parseDouble(first) * 100);
    }
}
