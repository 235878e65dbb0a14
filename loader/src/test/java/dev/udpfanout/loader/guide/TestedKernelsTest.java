package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.manifests.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages name the kernels that {@code lab/kernels/matrix} has tried, with what each showed, and no other. */
@Tag("unit")
class TestedKernelsTest {
    private static final Path ROOT = Manifests.ROOT.getParent();
    private static final List<String> COLUMNS =
            List.of("architecture", "suite", "kernel", "attach", "passed", "failed", "seconds", "date", "commit");

    /** A row of {@code results.tsv}; its file says the same in the order of {@link #COLUMNS}. */
    private record Row(List<String> cells) {
        String get(String column) {
            return cells.get(COLUMNS.indexOf(column));
        }

        /** The kernel's version without the distribution's part, as {@code 6.1.0} of {@code 6.1.0-50-cloud-amd64}. */
        String version() {
            return get("kernel").replaceFirst("[-+].*", "");
        }

        boolean hasPassed() {
            return get("failed").equals("0") && Integer.parseInt(get("passed")) > 0;
        }
    }

    private static List<Row> rows() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("lab/kernels/results.tsv"));
        assertEquals(String.join("\t", COLUMNS), lines.getFirst());
        return lines.stream()
                .skip(1)
                .map(line -> new Row(List.of(line.split("\t"))))
                .toList();
    }

    private static List<String> between(String page, String mark) throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve(page));
        int begin = lines.stream().map(String::strip).toList().indexOf("<!-- kernels:" + mark + " -->");
        int end = lines.stream().map(String::strip).toList().indexOf("<!-- /kernels:" + mark + " -->");
        assertTrue(begin >= 0 && begin < end, page + " has the marks of " + mark);
        return lines.subList(begin + 1, end);
    }

    @Test
    void shouldHaveARowForEveryKernelThatWasTried() throws IOException {
        List<String> expected = rows().stream()
                .map(row -> "| %s | %s | %s | %s | %s | %s | %s | %s, %s |"
                        .formatted(
                                row.get("kernel"),
                                row.get("suite"),
                                row.get("architecture"),
                                row.get("attach"),
                                row.get("passed"),
                                row.get("failed"),
                                row.get("seconds"),
                                row.get("date"),
                                row.get("commit")))
                .toList();
        List<String> table = between("docs/kernels.md", "table").stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| kernel "))
                .toList();

        assertFalse(expected.isEmpty());
        assertEquals(expected, table);
    }

    @Test
    void shouldNameInTheReadmeTheKernelsOnWhichNothingFailed() throws IOException {
        Map<String, String> expected = rows().stream()
                .filter(Row::hasPassed)
                .collect(Collectors.groupingBy(
                        row -> row.get("architecture"),
                        TreeMap::new,
                        Collectors.mapping(Row::version, Collectors.joining(", "))));

        assertEquals(
                expected.entrySet().stream()
                        .map(entry -> "  * " + entry.getKey() + ": " + entry.getValue())
                        .toList(),
                between("README.md", "tested"));
    }
}
