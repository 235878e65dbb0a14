package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.yaml.Section;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code netflow}. */
final class NetflowReader {
    private static final String DIRECTORY = "directory";

    private NetflowReader() {}

    static NetflowConfig read(Section section) {
        NetflowConfig fallback = NetflowConfig.DEFAULT;
        NetflowConfig netflow = new NetflowConfig(
                section.wholeNumber("max_templates", fallback.maxTemplates(), 1, NetflowConfig.MAX_TEMPLATES),
                Duration.ofSeconds(section.wholeNumber(
                        "lifetime_secs",
                        (int) fallback.lifetime().toSeconds(),
                        NetflowConfig.MIN_LIFETIME_SECONDS,
                        NetflowConfig.MAX_LIFETIME_SECONDS)),
                directory(
                        section,
                        section.text(
                                DIRECTORY, fallback.directory().orElseThrow().toString())),
                Duration.ofSeconds(section.wholeNumber(
                        "retell_secs",
                        (int) fallback.retelling().toSeconds(),
                        0,
                        NetflowConfig.MAX_RETELLING_SECONDS)));
        section.refuseUnknownKeys();
        return netflow;
    }

    private static Optional<Path> directory(Section section, String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return Optional.of(path);
            }
        } catch (InvalidPathException e) {
            // As below.
        }
        section.problem(DIRECTORY, "\"" + text + "\" is not an absolute path");
        return Optional.empty();
    }
}
