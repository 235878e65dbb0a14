package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/configuration.md. */
public final class ConfigurationDocument {
    /** The page. */
    public static final Path FILE = Path.of("..", "docs", "configuration.md");

    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\|(.*)");
    private static final Pattern HEADING = Pattern.compile("### (?:`(.*)`|(Top level))");

    private ConfigurationDocument() {}

    /** The rows by section ({@code Top level}, {@code listeners[].mirror}) and key: each row without its key. */
    public static Map<String, Map<String, String>> rows() throws IOException {
        Map<String, Map<String, String>> sections = new TreeMap<>();
        Map<String, String> section = null;
        for (String line : Files.readAllLines(FILE)) {
            Matcher heading = HEADING.matcher(line);
            Matcher row = ROW.matcher(line);
            if (heading.matches()) {
                section = new TreeMap<>();
                sections.put(heading.group(heading.group(1) == null ? 2 : 1), section);
            } else if (line.startsWith("## ")) {
                section = null;
            } else if (section != null && row.matches()) {
                assertNull(section.put(row.group(1), row.group(2)), () -> row.group(1) + " is there twice");
            }
        }
        return sections;
    }
}
