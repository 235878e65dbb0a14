package dev.udpfanout.loader.chaos;

import dev.udpfanout.bindings.libbpf.BpfMap;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What others do to the daemon's programs, maps and pins. */
final class ProgramFaults {
    /** The daemon hears of no change of maps and links: it looks twice a second (ComparisonSchedule). */
    private static final int SEEN_SECONDS = 5;

    private ProgramFaults() {}

    static List<Fault> all(boolean hasTcx) {
        List<Fault> faults = new ArrayList<>(List.of(
                Fault.lossy(
                        "clsact qdisc deleted",
                        8,
                        (lab, random) -> lab.node(
                                "tc qdisc del dev " + lab.daemon().config().clsactInterface() + " clsact")),
                Fault.lossy(
                        "clsact filters deleted",
                        8,
                        (lab, random) -> lab.node(
                                "tc filter del dev " + lab.daemon().config().clsactInterface() + " ingress")),
                emptied("LISTENERS"),
                emptied("LISTENER_SETS"),
                emptied("LOCAL_ADDRESSES"),
                emptied("ENDPOINTS"),
                Fault.lossless(
                        "pins deleted, then kill -9", DaemonFaults.RESTARTED_SECONDS, ProgramFaults::deletePins)));
        if (hasTcx) {
            faults.add(Fault.lossy("TCX link detached", SEEN_SECONDS, ProgramFaults::detachLink));
        }
        return faults;
    }

    private static void detachLink(NodeLab lab, Random random) {
        NodeConfig config = lab.daemon().config();
        String hook = config.tcxInterface().equals(NodeConfig.DUMMY) ? config.hook() : "ingress";
        Path link = lab.daemon().pins().resolve("links").resolve(config.tcxInterface() + "-" + hook);
        lab.node("bpftool link detach pinned " + link);
    }

    private static Fault emptied(String map) {
        return Fault.lossy("map " + map + " emptied", SEEN_SECONDS, (lab, random) -> empty(pinned(lab, map)));
    }

    private static Path pinned(NodeLab lab, String map) throws IOException {
        try (Stream<Path> files = Files.walk(lab.daemon().pins())) {
            return files.filter(file -> file.endsWith(map)).findFirst().orElseThrow();
        }
    }

    /** As {@code bpftool map delete} does for each key. */
    private static void empty(Path pin) {
        try (Arena arena = Arena.ofConfined();
                BpfMap map = BpfMap.openPinned(pin).orElseThrow()) {
            int keyBytes = map.shape().keyBytes();
            List<MemorySegment> keys = new ArrayList<>();
            MemorySegment before = MemorySegment.NULL;
            MemorySegment key = arena.allocate(keyBytes);
            while (map.nextKey(before, key)) {
                keys.add(key);
                before = key;
                key = arena.allocate(keyBytes);
            }
            keys.forEach(each -> map.remove(each, "a key"));
        }
    }

    /** Once the daemon has pinned everything again, its death costs nothing as before. */
    private static void deletePins(NodeLab lab, Random random) throws IOException {
        List<Path> all = contents(lab.daemon().pins());
        // A program has a pin for people to look at; that of one that is on no hook any more need not come back.
        List<Path> needed = all.stream()
                .filter(pin -> !pin.getFileName().toString().startsWith("udp_fanout"))
                .toList();
        all.stream().sorted(Comparator.reverseOrder()).forEach(pin -> pin.toFile()
                .delete());
        lab.daemon()
                .await("every pin again", () -> contents(lab.daemon().pins()).containsAll(needed));
        lab.daemon().end("KILL");
        lab.daemon().start();
    }

    private static List<Path> contents(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            // Somebody else is at it.
            return List.of();
        }
    }
}
