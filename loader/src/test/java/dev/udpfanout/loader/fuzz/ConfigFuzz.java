package dev.udpfanout.loader.fuzz;

import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A target of {@code make fuzz}: the configuration file. Whatever the text, it is read or refused with problems that
 * say where and what, and the same text has the same result.
 */
public final class ConfigFuzz {
    private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final ConfigReader READER = new ConfigReader(name -> true);

    private ConfigFuzz() {}

    /** What to begin with: the examples of the documentation. */
    static List<byte[]> seeds(Path root) throws IOException {
        return BLOCK.matcher(Files.readString(root.resolve("docs/configuration.md")))
                .results()
                .map(block -> block.group(1).getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** Loads what the first input needs, whose time counts, and which Jazzer changes while it is loaded. */
    public static void fuzzerInitialize() {
        outcome(
                "listeners: [ { bind: \"10.0.0.1:1\", interface: eth0, downstream: [ { address: \"10.0.0.2:1\" } ] } ]");
    }

    /** Tries one input. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!outcome(text).equals(outcome(text))) {
            throw new IllegalStateException("the same text was read in two ways");
        }
    }

    private static Object outcome(String text) {
        try {
            return READER.parse(text, "config.yaml");
        } catch (InvalidConfigException e) {
            if (!e.getMessage().startsWith("config.yaml")) {
                throw new IllegalStateException("a problem without a place", e);
            }
            return e.getMessage();
        }
    }
}
