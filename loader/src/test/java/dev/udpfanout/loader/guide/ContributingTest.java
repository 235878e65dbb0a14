package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md names is there: files by their path, tests by their class. */
@Tag("unit")
class ContributingTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern FILE = Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)+\\.\\w+)`");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    private static Set<String> named(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(ROOT.resolve("CONTRIBUTING.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldNameFilesThatAreThere() throws IOException {
        Set<String> missing = named(FILE);
        missing.removeIf(file -> Files.exists(ROOT.resolve(file)));
        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldNameTestsThatAreThere() throws IOException {
        Set<String> missing = named(TEST);
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    files.map(file -> file.getFileName().toString().replace(".java", ""))
                            .forEach(missing::remove);
                }
            }
        }
        assertEquals(Set.of(), missing);
    }
}
