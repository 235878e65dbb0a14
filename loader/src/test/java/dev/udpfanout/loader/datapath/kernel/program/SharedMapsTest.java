package dev.udpfanout.loader.datapath.kernel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.MapShape;
import dev.udpfanout.bindings.map.MapDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Java says of the maps is what the program has. */
@Tag("unit")
class SharedMapsTest {
    private static final Path SOURCES = Path.of("../bpf/src/main/c");
    /** Probes are objects of their own. */
    private static final List<Path> PROBES =
            List.of(SOURCES.resolve("trace"), SOURCES.resolve("udp_fanout_drops.bpf.c"));

    private static final Pattern MAP = Pattern.compile("^} (\\w+) SEC\\(\"\\.maps\"\\);", Pattern.MULTILINE);

    /** What a run of the program needs and no later one: it is not pinned. */
    private static final Set<String> OF_ONE_RUN = Set.of(
            "COPYING",
            "HOLDS",
            "ICMP_CPU_CREDIT",
            "ICMP_CREDITS",
            "ICMP_QUOTE",
            "KNOWN_FLOWS",
            "KNOWN_LISTENERS",
            "NAME_WINDOW",
            "NETFLOW_WORK",
            "NEW_FRAGMENT",
            "REVERSE_PATHS",
            "ROUTES",
            "STAGED_EDITS",
            "WAYS");

    @Test
    void shouldDeclareEveryMapOfTheProgramOnce() throws IOException {
        Set<String> inC = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> PROBES.stream().noneMatch(path::startsWith))
                    .toList()) {
                MAP.matcher(Files.readString(file))
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .forEach(inC::add);
            }
        }
        inC.removeAll(OF_ONE_RUN);
        assertEquals(
                inC, SharedMaps.ALL.stream().map(MapDeclaration::name).collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(inC.size(), SharedMaps.ALL.size());
    }

    @Test
    void shouldDeclareKeysAndValuesAsLongAsTheProgramHasThem() {
        try (BpfObject object = BpfObject.open(KernelProgram.builtIn(), "shared_maps_test")) {
            for (MapDeclaration<?> map : SharedMaps.ALL) {
                MapShape shape = object.shapeOf(map.name());
                Optional<MapDeclaration.Entry> inProgram =
                        Optional.of(new MapDeclaration.Entry(shape.keyBytes(), shape.valueBytes()));
                assertEquals(map.entry().isPresent() ? inProgram : Optional.empty(), map.entry(), map.name());
            }
        }
    }
}
