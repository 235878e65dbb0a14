package dev.udpfanout.loader.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.counter.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/drop-reasons.md has the reasons of both datapaths, and no others. */
@Tag("unit")
class DropReasonDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "drop-reasons.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z_]+)` \\| (kernel|user space|both) \\| [^|]+ \\| [^|]+ \\|");

    @Test
    void shouldHaveEveryReasonWithTheDatapathsThatKnowIt() throws IOException {
        Map<String, String> inCode = new TreeMap<>();
        Arrays.stream(DropReason.values()).forEach(reason -> inCode.put(reason.label(), "kernel"));
        Arrays.stream(dev.udpfanout.forwarder.counter.DropReason.values())
                .forEach(reason -> inCode.merge(reason.label(), "user space", (kernel, user) -> "both"));

        Map<String, String> inManual = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                inManual.put(row.group(1), row.group(2));
            }
        }
        assertEquals(inCode, inManual);
    }
}
