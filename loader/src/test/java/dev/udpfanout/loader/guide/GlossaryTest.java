package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The words of docs/architecture.md are the names of packages, and every package's name is explained there. */
@Tag("unit")
class GlossaryTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DOCUMENT = ROOT.resolve("docs/architecture.md");
    private static final List<String> MODULES = List.of("loader", "bindings", "fallback-datapath", "traffic");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+)` \\| (.+) \\| (.+) \\|");
    private static final Pattern CODE = Pattern.compile("`([a-z.]+)`");
    private static final String NONE = "no classes of its own";

    private record Word(String word, String meaning, List<String> packages) {}

    @Test
    void shouldExplainEveryPackageAndNoOtherWhenPackagesChange() throws IOException {
        TreeSet<String> explained = new TreeSet<>();
        for (Word word : words()) {
            explained.addAll(word.packages());
        }
        assertEquals(packages(), explained, "packages, and those in the table of words of " + DOCUMENT);
    }

    @Test
    void shouldNameAPackageByItsWordWhenARowHasPackages() throws IOException {
        for (Word word : words()) {
            word.packages().forEach(name -> assertEquals(word.word(), name.substring(name.lastIndexOf('.') + 1)));
        }
    }

    @Test
    void shouldExplainEachWordOnce() throws IOException {
        List<String> words = words().stream().map(Word::word).toList();
        assertEquals(words.stream().distinct().toList(), words);
        assertTrue(words.containsAll(List.of("loader", "forwarder", "userspace")), words::toString);
    }

    private static List<Word> words() throws IOException {
        String section = Files.readString(DOCUMENT).split("\n## Words\n", 2)[1].split("\n## ", 2)[0];
        List<Word> words = new ArrayList<>();
        for (String line :
                section.lines().filter(line -> line.startsWith("| `")).toList()) {
            var row = ROW.matcher(line);
            assertTrue(row.matches(), () -> "not | `word` | meaning | `packages` |: " + line);
            List<String> packages = CODE.matcher(row.group(3))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertEquals(row.group(3).equals(NONE), packages.isEmpty(), line);
            words.add(new Word(row.group(1), row.group(2), packages));
        }
        return words;
    }

    /** The hand-written ones, without the prefix that all share. */
    private static TreeSet<String> packages() throws IOException {
        TreeSet<String> packages = new TreeSet<>();
        for (String module : MODULES) {
            Path sources = ROOT.resolve(module).resolve("src/main/java/dev/udpfanout");
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(file ->
                                sources.relativize(file.getParent()).toString().replace('/', '.'))
                        .forEach(packages::add);
            }
        }
        return packages;
    }
}
