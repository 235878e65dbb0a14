package dev.udpfanout.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bench.result.ResultsFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class DocumentTablesTest {
    private static final Pattern BLOCK = Pattern.compile("<!-- bench:(\\w+) -->.*?<!-- /bench:\\1 -->", Pattern.DOTALL);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"../README.md", "../docs/performance.md"})
    void shouldWriteTheTablesBetweenTheMarksAndNothingElse(String file) throws IOException {
        String before = Files.readString(Path.of(file));
        Path document = Files.writeString(directory.resolve("document.md"), before);
        DocumentTables.write(ResultsFixture.complete(), document);
        String after = Files.readString(document);
        assertEquals(BLOCK.matcher(before).replaceAll(""), BLOCK.matcher(after).replaceAll(""));
        assertTrue(after.contains("a <processor> & more with 2 CPUs, 11 rounds"), after);
        DocumentTables.write(ResultsFixture.complete(), document);
        assertEquals(after, Files.readString(document), "the same once more");
    }

    @Test
    void shouldCompareTheWaysWithKubeProxyAlone() throws IOException {
        Path document = Files.writeString(
                directory.resolve("document.md"), "a\n<!-- bench:ways -->\nold\n<!-- /bench:ways -->\nb\n");
        DocumentTables.write(ResultsFixture.complete(), document);
        String after = Files.readString(document);
        assertTrue(after.startsWith("a\n<!-- bench:ways -->\n\n| 1,000 senders, mixed sizes |"), after);
        assertTrue(
                after.contains("| kube-proxy alone: iptables DNAT, the whole flow to one pod | 1 [1, 1] | 1 [1, 1] |"),
                after);
        assertTrue(after.endsWith("<!-- /bench:ways -->\nb\n") && !after.contains("old"), after);
    }

    @Test
    void shouldRefuseADocumentWithoutMarksOrWithAnUnknownOne() throws IOException {
        Path none = Files.writeString(directory.resolve("none.md"), "a\n");
        assertThrows(IOException.class, () -> DocumentTables.write(ResultsFixture.complete(), none));
        Path unknown =
                Files.writeString(directory.resolve("unknown.md"), "<!-- bench:other -->\n<!-- /bench:other -->\n");
        assertThrows(IllegalArgumentException.class, () -> DocumentTables.write(ResultsFixture.complete(), unknown));
    }
}
