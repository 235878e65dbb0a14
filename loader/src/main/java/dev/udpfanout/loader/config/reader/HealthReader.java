package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.config.yaml.Section;
import java.time.Duration;
import java.util.OptionalInt;

/** Reads {@code health}. */
final class HealthReader {
    private static final int MAX_SECONDS = 3600;
    private static final int MIN_MILLIS = 10;
    private static final int MAX_THRESHOLD = 100;
    private static final int MAX_PORT = 65535;
    private static final int MAX_PATH_CHARACTERS = 1024;
    private static final double DEFAULT_JITTER = 0.1;

    private HealthReader() {}

    static HealthConfig read(Section section) {
        Protocol protocol = section.choice("protocol", Protocol.class, Protocol.ICMP);
        HealthConfig health = new HealthConfig(
                section.flag("enabled", true),
                duration(section, "interval", 5),
                duration(section, "timeout", 2),
                jitter(section),
                protocol,
                port(section, protocol),
                path(section, protocol),
                section.wholeNumber("rise", 2, 1, MAX_THRESHOLD),
                section.wholeNumber("fall", 1, 1, MAX_THRESHOLD),
                section.choice("on_all_unhealthy", OnAllUnhealthy.class, OnAllUnhealthy.FORWARD));
        if (health.timeout().compareTo(health.interval()) > 0) {
            section.problem(
                    key(section, "timeout"),
                    "the time-out of " + health.timeout().toMillis() + " ms is longer than the interval of "
                            + health.interval().toMillis() + " ms");
        }
        section.refuseUnknownKeys();
        return health;
    }

    private static Duration duration(Section section, String name, int defaultSeconds) {
        int seconds = section.wholeNumber(name + "_secs", defaultSeconds, 1, MAX_SECONDS);
        int millis = section.wholeNumber(name + "_ms", 0, MIN_MILLIS, MAX_SECONDS * 1000);
        if (section.has(name + "_secs") && section.has(name + "_ms")) {
            section.problem(name + "_ms", "say either " + name + "_secs or " + name + "_ms, not both");
        }
        return millis > 0 ? Duration.ofMillis(millis) : Duration.ofSeconds(seconds);
    }

    private static String key(Section section, String name) {
        return section.has(name + "_ms") ? name + "_ms" : name + "_secs";
    }

    private static double jitter(Section section) {
        String text = section.text("jitter", null);
        if (text == null) {
            return DEFAULT_JITTER;
        }
        if (!text.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?")) {
            section.problem("jitter", "\"" + text + "\" is not a fraction in 0..1, for example 0.1");
            return DEFAULT_JITTER;
        }
        return Double.parseDouble(text);
    }

    private static OptionalInt port(Section section, Protocol protocol) {
        if (!section.has("port")) {
            return OptionalInt.empty();
        }
        if (protocol == Protocol.ICMP) {
            section.problem("port", "ICMP has no ports: leave it out, or choose another protocol");
        }
        return OptionalInt.of(section.wholeNumber("port", MAX_PORT, 1, MAX_PORT));
    }

    private static String path(Section section, Protocol protocol) {
        String path = section.text("path", "/");
        if (section.has("path") && protocol != Protocol.HTTP) {
            section.problem("path", "is for protocol http only");
        }
        if (path.length() > MAX_PATH_CHARACTERS || !path.matches("/[\\x21-\\x7e]*")) {
            section.problem(
                    "path",
                    "\"" + path + "\" is not a path: it begins with /, has no spaces and at most " + MAX_PATH_CHARACTERS
                            + " characters");
        }
        return path;
    }
}
