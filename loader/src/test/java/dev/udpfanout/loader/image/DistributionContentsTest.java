package dev.udpfanout.loader.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is shipped beside the jars: the list of them for scanners, whose work they are, and the licence. */
@Tag("unit")
class DistributionContentsTest {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("udpfanout.distribution"));
    private static final Path SHARE = DISTRIBUTION.resolve("share");

    /** {@code (Apache-2.0) Jackson-core (com.fasterxml.jackson.core:jackson-core:2.21.8 - https://…)}. */
    private static final Pattern LIBRARY =
            Pattern.compile("\\s*((?:\\([^)]+\\) )+).*\\(([^():]+):([^():]+):([^() ]+) - .*\\)");

    private static Set<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(DISTRIBUTION.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString().replaceFirst("\\.jar$", ""))
                    .map(name -> name.replaceFirst("-linux-[a-z0-9_]+$", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isOurs(String jar) {
        return jar.startsWith("udp-fanout-");
    }

    @Test
    void shouldSayWhoseEachLibraryIsAndByWhichLicence() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(SHARE.resolve("THIRD-PARTY.txt"))) {
            Matcher library = LIBRARY.matcher(line);
            if (library.matches()) {
                assertFalse(library.group(1).contains("Unknown"), line);
                listed.add(library.group(3) + "-" + library.group(4));
            }
        }

        assertEquals(
                jars().stream().filter(jar -> !isOurs(jar)).collect(Collectors.toCollection(TreeSet::new)), listed);
    }

    @Test
    void shouldListEveryJarForScanners() throws IOException {
        JsonNode bom =
                new ObjectMapper().readTree(SHARE.resolve("sbom.cdx.json").toFile());
        Set<String> listed = new TreeSet<>();
        // The loader itself is what the list is about.
        add(bom.path("metadata").path("component"), listed);
        bom.path("components").forEach(component -> add(component, listed));

        assertEquals(jars(), listed);
    }

    private static void add(JsonNode component, Set<String> listed) {
        assertTrue(component.path("licenses").size() > 0, component::toString);
        listed.add(component.path("name").asText() + "-"
                + component.path("version").asText());
    }

    @Test
    void shouldCarryTheLicence() throws IOException {
        assertEquals(Files.readString(Path.of("..", "LICENSE")), Files.readString(SHARE.resolve("LICENSE")));
    }
}
