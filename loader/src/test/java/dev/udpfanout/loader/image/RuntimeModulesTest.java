package dev.udpfanout.loader.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.manifests.Manifests;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The modules of the image's Java runtime: those that the jars use, and no others. */
@Tag("unit")
class RuntimeModulesTest {
    private static final Pattern ADDED = Pattern.compile("--add-modules (\\S+)");
    private static final Pattern DEPENDENCY = Pattern.compile("\\s*(\\S+) -> ((?:java|jdk)\\.\\S+).*");

    /** Who asks whether the module is there, and does without it; the daemon needs nothing of what it would add. */
    private static final Set<String> DISPENSABLE = Set.of(
            "com.fasterxml.jackson.databind java.desktop",
            "com.fasterxml.jackson.databind java.sql",
            "org.yaml.snakeyaml java.desktop",
            "io.netty.common jdk.jfr",
            "io.netty.buffer jdk.jfr");

    /** Whose classes are asked for by name: the forwarder's {@code OpenChannel}, for jdk.net.ExtendedSocketOptions. */
    private static final Set<String> BY_NAME = Set.of("jdk.net");

    private static Set<String> modulesOfTheImage() throws IOException {
        Matcher added = ADDED.matcher(Files.readString(Manifests.ROOT.resolve("image/Dockerfile")));
        assertTrue(added.find());
        return new TreeSet<>(List.of(added.group(1).split(",")));
    }

    private static List<String> dependencies() throws IOException {
        Path lib = Path.of(System.getProperty("udpfanout.distribution"), "lib");
        List<String> arguments = new ArrayList<>(
                List.of("--multi-release", "22", "--ignore-missing-deps", "-s", "--class-path", lib + "/*"));
        try (Stream<Path> jars = Files.list(lib)) {
            jars.map(Path::toString).sorted().forEach(arguments::add);
        }
        StringWriter output = new StringWriter();
        try (PrintWriter writer = new PrintWriter(output)) {
            int status =
                    ToolProvider.findFirst("jdeps").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
            assertEquals(0, status, output::toString);
        }
        return output.toString().lines().toList();
    }

    @Test
    void shouldBeThoseThatTheJarsUse() throws IOException {
        Set<String> used = new TreeSet<>(BY_NAME);
        for (String line : dependencies()) {
            Matcher dependency = DEPENDENCY.matcher(line);
            if (dependency.matches() && !DISPENSABLE.contains(dependency.group(1) + " " + dependency.group(2))) {
                used.add(dependency.group(2));
            }
        }

        assertEquals(used, modulesOfTheImage());
    }

    /** Reading YAML and writing JSON is where Jackson and SnakeYAML would look for beans. */
    @Test
    void shouldBeEnoughForTheDaemonsFile() throws Exception {
        Path file = Files.createTempFile("udp-fanout-modules-", ".yaml");
        ProcessBuilder command = new ProcessBuilder(
                        Distribution.command(), "check-config", "--any-machine", "--config=" + file)
                .redirectErrorStream(true);
        command.environment().put("UDP_FANOUT_JAVA_OPTS", "--limit-modules " + String.join(",", modulesOfTheImage()));
        try {
            Files.writeString(file, """
                    listeners:
                      - name: syslog
                        bind: "10.255.0.1:5514"
                        interface: dummy0
                        downstream: [ { address: "10.42.0.11:5514" } ]
                    """);
            Process process = command.start();
            String output = new String(process.getInputStream().readAllBytes());

            assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
            assertEquals(0, process.exitValue(), output);
            assertTrue(output.contains("valid, 1 listener(s)"), output);
        } finally {
            Files.delete(file);
        }
    }
}
