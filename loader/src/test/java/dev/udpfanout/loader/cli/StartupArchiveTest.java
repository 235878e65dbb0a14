package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that the build has made: it is used if it fits, and its absence is never an error. */
@Tag("unit")
class StartupArchiveTest {
    private static final Path SHIPPED =
            Path.of(Distribution.command()).getParent().getParent();

    @TempDir
    private Path directory;

    private Path config;

    @BeforeEach
    void setUp() throws IOException {
        config = Files.writeString(directory.resolve("config.yaml"), """
                listeners:
                  - { name: a, bind: "10.0.0.1:514", interface: eth0, downstream: [ { address: "10.0.0.2:514" } ] }
                """);
    }

    @Test
    void shouldHaveOurOwnClassesFromTheArchiveWhenStarted() throws Exception {
        Path log = directory.resolve("classes.log");
        assertEquals(valid(), checkConfig(SHIPPED, "-Xlog:class+load:file=" + log));
        List<String> ours = Files.readAllLines(log).stream()
                .filter(line -> line.contains(" dev.udpfanout.") && !line.contains("Lambda"))
                .toList();
        List<String> others = ours.stream()
                .filter(line -> !line.contains("shared objects file"))
                .toList();
        assertTrue(
                ours.size() > 10 && others.size() * 10 <= ours.size(),
                () -> "bench/daemon/classes should be run: of " + ours.size() + " not in share/classes.lst are "
                        + others);
    }

    /** The JVM makes its modules anew, which takes a tenth of the start, if an option is another than at the dump. */
    @Test
    void shouldHaveTheModulesFromTheArchiveWhenStarted() throws Exception {
        Path log = directory.resolve("archive.log");
        assertEquals(valid(), checkConfig(SHIPPED, "-Xlog:cds=info,aot=info:file=" + log));
        String said = Files.readString(log);
        assertTrue(said.contains("full module graph: enabled"), said);
    }

    @Test
    void shouldStartWithoutAWordWhenTheArchiveIsOfOtherJars() throws Exception {
        assertEquals(valid(), checkConfig(copy(), ""));
    }

    @Test
    void shouldStartWithoutAWordWhenTheArchiveIsCutOff() throws Exception {
        Path home = copy();
        Path archive = archive(home);
        byte[] content = Files.readAllBytes(archive);
        Files.write(archive, java.util.Arrays.copyOf(content, content.length / 2));
        assertEquals(valid(), checkConfig(home, ""));
    }

    @Test
    void shouldStartWithoutAWordWhenThereIsNone() throws Exception {
        Path home = copy();
        Files.delete(archive(home));
        assertEquals(valid(), checkConfig(home, ""));
    }

    private String valid() {
        return config + ": valid, 1 listener(s)";
    }

    private static Path archive(Path home) throws IOException {
        try (Stream<Path> shared = Files.list(home.resolve("share"))) {
            return shared.filter(path -> path.toString().endsWith(".jsa"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Its jars have other times than those that the archive was made of. */
    private Path copy() throws IOException {
        Path home = directory.resolve("copy");
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path from : files.toList()) {
                Path to = home.resolve(SHIPPED.relativize(from).toString());
                Files.copy(from, to);
                assertTrue(to.toFile().setExecutable(from.toFile().canExecute()));
            }
        }
        return home;
    }

    /** All that it says, on both of its streams. */
    private String checkConfig(Path home, String javaOptions) throws Exception {
        Path said = directory.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/udp-fanout").toString(), "check-config", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("UDP_FANOUT_JAVA_OPTS", javaOptions);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
        String text = Files.readString(said).strip();
        assertEquals(0, process.exitValue(), text);
        return text;
    }
}
