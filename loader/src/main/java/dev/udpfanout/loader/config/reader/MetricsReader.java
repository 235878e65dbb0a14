package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.MetricsConfig;
import dev.udpfanout.loader.config.yaml.Section;
import java.util.Set;

/** Reads {@code metrics}. */
final class MetricsReader {
    private static final Set<String> TAKEN_PATHS = Set.of("/healthz", "/readyz", "/status");

    private MetricsReader() {}

    static MetricsConfig read(Section section) {
        MetricsConfig metrics = new MetricsConfig(
                section.flag("enabled", true),
                ConfigReader.address(section, "bind", section.text("bind", "0.0.0.0:9090")),
                section.text("path", "/metrics"));
        if (!metrics.path().matches("/[\\x21-\\x7e&&[^?#]]*")) {
            section.problem(
                    "path", "\"" + metrics.path() + "\" is not a path: it begins with / and has no spaces, ? or #");
        }
        if (TAKEN_PATHS.contains(metrics.path())) {
            section.problem("path", "\"" + metrics.path() + "\" is another page's path");
        }
        section.refuseUnknownKeys();
        return metrics;
    }
}
