package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md says of packages and files holds in every module: what is hand-written, tests included. */
@Tag("unit")
class SourceTreeTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES =
            List.of("bindings", "bpf", "fallback-datapath", "traffic", "lab", "loader", "bench");
    private static final String PACKAGE_INFO = "package-info.java";
    private static final int MAX_FILES_OF_A_PACKAGE = 25;
    private static final int MAX_LINES_OF_A_FILE = 300;

    /** A line that is a comment, or a part of one, and has no code. */
    private static final Pattern COMMENT = Pattern.compile("\\s*(//|/\\*|\\*( |/|$)).*");

    @Test
    void shouldSayWhatEveryPackageIsFor() throws IOException {
        TreeSet<String> without = new TreeSet<>();
        TreeSet<String> with = new TreeSet<>();
        for (Path file : sources(".java")) {
            (file.endsWith(PACKAGE_INFO) ? with : without).add(packageOf(file));
        }
        without.removeAll(with);
        assertEquals(new TreeSet<>(), without, "packages without a " + PACKAGE_INFO + ", in src/main or in src/test");
    }

    @Test
    void shouldHaveFewFilesInAPackage() throws IOException {
        Map<Path, Long> files = sources(".java").stream()
                .filter(file -> !file.endsWith(PACKAGE_INFO))
                .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
        files.values().removeIf(count -> count <= MAX_FILES_OF_A_PACKAGE);
        assertEquals(
                Map.of(), files, "packages of more than " + MAX_FILES_OF_A_PACKAGE + " files: split them by concern");
    }

    @Test
    void shouldHaveShortFiles() throws IOException {
        Set<String> longFiles = new TreeSet<>();
        for (Path file : sources(".java", ".c", ".h")) {
            if (Files.readAllLines(file).size() > MAX_LINES_OF_A_FILE) {
                longFiles.add(ROOT.relativize(file).toString());
            }
        }
        assertEquals(Set.of(), longFiles, "files of more than " + MAX_LINES_OF_A_FILE + " lines: one concern a file");
    }

    @Test
    void shouldKeepCommentsInTheWidthOfTheEditorsSettings() throws IOException {
        List<String> tooWide = new ArrayList<>();
        Map<String, Integer> widths = Map.of(".java", width("[*]"), ".c", width("[*.{c,h}]"), ".h", width("[*.{c,h}]"));
        for (Map.Entry<String, Integer> width : widths.entrySet()) {
            for (Path file : sources(width.getKey())) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    if (isTooWide(lines.get(i), width.getValue())) {
                        tooWide.add(file + ":" + (i + 1));
                    }
                }
            }
        }
        assertEquals(List.of(), tooWide, "comments that are wider than .editorconfig says");
    }

    /** An address cannot be broken. */
    private static boolean isTooWide(String line, int width) {
        return COMMENT.matcher(line).matches() && columns(line) > width && !line.contains("://");
    }

    private static int width(String section) throws IOException {
        String settings = Files.readString(ROOT.resolve(".editorconfig"));
        String ours = settings.split(Pattern.quote("\n" + section + "\n"), 2)[1].split("\n\\[", 2)[0];
        var width = Pattern.compile("max_line_length = (\\d+)").matcher(ours);
        assertTrue(width.find(), () -> "no max_line_length in " + section + " of .editorconfig");
        return Integer.parseInt(width.group(1));
    }

    /** With a tab as the eight columns that it is in C. */
    private static int columns(String line) {
        int columns = 0;
        for (char c : line.toCharArray()) {
            columns += c == '\t' ? 8 - columns % 8 : 1;
        }
        return columns;
    }

    private static String packageOf(Path file) {
        String path = file.getParent().toString();
        return path.substring(path.indexOf("/java/") + 1);
    }

    private static List<Path> sources(String... endings) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            for (String part : List.of("src/main", "src/test")) {
                Path folder = ROOT.resolve(module).resolve(part);
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.walk(folder)) {
                        files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                                .forEach(sources::add);
                    }
                }
            }
        }
        assertTrue(!sources.isEmpty(), () -> "no " + List.of(endings) + " in " + MODULES);
        return sources;
    }
}
