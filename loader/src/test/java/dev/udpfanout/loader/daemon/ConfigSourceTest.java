package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.status.ConfigStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Tag("unit")
class ConfigSourceTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final BlockingQueue<FileContent> seen = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private static String yaml(int port) {
        return """
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:%d"
                    interface: dummy0
                    downstream: [ { address: "10.42.0.11:40514" } ]
                """.formatted(port);
    }

    private static FileContent content(int port) {
        return FileContent.of(yaml(port));
    }

    private static ConfigSource open(Path file) throws InvalidConfigException {
        return ConfigSource.open(file, new ConfigReader(name -> true));
    }

    private static int port(Config config) {
        return config.listeners().getFirst().bind().getPort();
    }

    private FileContent next() throws InterruptedException {
        FileContent content = seen.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(content != null, "no change seen");
        return content;
    }

    private Path file() throws IOException {
        return Files.writeString(folder.resolve("config.yaml"), yaml(5514));
    }

    @Test
    void shouldSeeEachVersionWhenAConfigMapChanges() throws Exception {
        MountedConfigMap map = new MountedConfigMap(folder, yaml(5514));
        ConfigSource source = open(map.file());
        try (FileWatch watch = source.watch(seen::add)) {
            for (int port = 6000; port < 6005; port++) {
                map.change(yaml(port));
                assertEquals(port, port(source.reload(next()).orElseThrow()));
                assertEquals(port, port(source.inForce()));
            }
        }
        assertEquals(5, source.status(List.of()).reloadsApplied());
        assertTrue(seen.isEmpty(), seen::toString);
    }

    @Test
    void shouldSeeNothingWhenAConfigMapIsWrittenAnewWithTheSameContent() throws Exception {
        MountedConfigMap map = new MountedConfigMap(folder, yaml(5514));
        try (FileWatch watch = open(map.file()).watch(seen::add)) {
            map.change(yaml(5514));
            map.change(yaml(6000));
            assertEquals(content(6000), next());
        }
        assertTrue(seen.isEmpty(), seen::toString);
    }

    @Test
    void shouldSeeTheLastContentWhenAFileIsWrittenInPlace() throws Exception {
        Path file = file();
        try (FileWatch watch = open(file).watch(seen::add)) {
            Files.writeString(file, yaml(6000));
            // Written in two steps, so that half of it may be seen before.
            assertTrue(BoundedWait.until(() -> seen.contains(content(6000)), LIMIT));
        }
    }

    @Test
    void shouldSeeTheChangeWhenTheFileHadBeenDeletedBefore() throws Exception {
        Path file = file();
        ConfigSource source = open(file);
        try (FileWatch watch = source.watch(seen::add)) {
            Files.delete(file);
            Path next = Files.writeString(folder.resolve("next"), yaml(6000));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(content(6000), next());
        }
        assertEquals(5514, port(source.inForce()));
        assertTrue(source.status(List.of()).valid());
    }

    @Test
    void shouldSeeTheChangeWhenTheFileChangedBeforeTheWatchBegan() throws Exception {
        Path file = file();
        ConfigSource source = open(file);
        Files.writeString(file, yaml(6000));
        try (FileWatch watch = source.watch(seen::add)) {
            assertEquals(content(6000), next());
        }
    }

    @Test
    void shouldRefuseTheChangeWhenTheFileIsNoTextAnyMore() throws Exception {
        Path file = file();
        ConfigSource source = open(file);
        try (FileWatch watch = source.watch(seen::add)) {
            Path next = Files.write(folder.resolve("next"), new byte[] {'#', ' ', (byte) 0xe4, '\n'});
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(Optional.empty(), source.reload(next()));
        }
        assertEquals(
                List.of(file + ": the file is not UTF-8 text"),
                source.status(List.of()).problems());
        assertEquals(1, source.status(List.of()).reloadsRefused());
        assertEquals(5514, port(source.inForce()));
    }

    @Test
    void shouldRefuseTheChangeWhenTheFileIsTooLarge() throws Exception {
        Path file = file();
        ConfigSource source = open(file);
        try (FileWatch watch = source.watch(seen::add)) {
            Path next = Files.writeString(folder.resolve("next"), yaml(6000) + "#".repeat(16 * 1024 * 1024));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(Optional.empty(), source.reload(next()));
        }
        assertEquals(
                List.of(file + ": the file is larger than 16777216 bytes"),
                source.status(List.of()).problems());
        assertFalse(source.status(List.of()).valid());
    }

    @Test
    void shouldKeepTheOldConfigurationAndCountWhenTheNewOneIsInvalid() throws Exception {
        ConfigSource source = open(file());
        ConfigStatus before = source.status(List.of());

        assertEquals(Optional.empty(), source.reload(content(70000)));

        ConfigStatus refused = source.status(List.of());
        assertEquals(5514, port(source.inForce()));
        assertFalse(refused.valid());
        assertEquals(1, refused.reloadsRefused());
        assertEquals(0, refused.reloadsApplied());
        assertEquals(before.appliedAt(), refused.appliedAt());
        assertEquals(
                List.of(folder.resolve("config.yaml") + ":3: listeners[0].bind: port 70000 is not in 1..65535"),
                refused.problems());

        assertEquals(6000, port(source.reload(content(6000)).orElseThrow()));

        ConfigStatus applied = source.status(List.of());
        assertTrue(applied.valid());
        assertEquals(List.of(), applied.problems());
        assertEquals(1, applied.reloadsApplied());
        assertEquals(1, applied.reloadsRefused());
    }

    @Test
    void shouldSayThatItIsNotInForceWhenTheNodeCannotDoWhatItSays() throws Exception {
        ConfigSource source = open(file());
        source.reload(content(6000));

        ConfigStatus status = source.status(List.of("bpf_tc_attach on eth0 ingress: EBUSY"));

        assertFalse(status.valid());
        assertEquals(List.of("not possible yet, will retry: bpf_tc_attach on eth0 ingress: EBUSY"), status.problems());
        assertTrue(source.status(List.of()).valid());
    }

    @Test
    void shouldWarnInOneLineWhenKeysChangeThatNeedARestart() throws Exception {
        ConfigSource source = open(file());
        Logger logger = (Logger) LoggerFactory.getLogger(ConfigSource.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            source.reload(content(5515));
            assertEquals(List.of(), warnings(log));

            source.reload(FileContent.of("flows: { max: 2048, idle_timeout_secs: 7 }\n" + yaml(5515)));
            assertEquals(List.of("[keys=\"[flows.max, flows.idle_timeout_secs]\"]"), warnings(log));

            source.reload(FileContent.of("flows: { max: 65536 }\n" + yaml(5516)));
            assertEquals(1, warnings(log).size(), "as it was at the start again");
        } finally {
            logger.detachAppender(log);
        }
    }

    private static List<String> warnings(ListAppender<ILoggingEvent> log) {
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .filter(event -> event.getMessage().contains("need a restart"))
                .map(event -> event.getKeyValuePairs().toString())
                .toList();
    }

    @Test
    void shouldNameThePreferenceWhenTheZoneWasNotAskedForAtTheStart() throws Exception {
        String source = """
                listeners:
                  - { bind: "10.255.0.1:%d", interface: dummy0, prefer: %s, kubernetes: { service: receivers, port: syslog } }
                """;
        ConfigReader reader = new ConfigReader(name -> true);
        Config any = reader.parse(source.formatted(5514, "same_node"), "test");
        Config zone = reader.parse(source.formatted(5514, "same_zone"), "test");
        assertEquals(List.of("listeners[0].prefer"), StartOnlyKeys.changed(any, zone));
        assertEquals(List.of(), StartOnlyKeys.changed(zone, any));
        assertEquals(List.of(), StartOnlyKeys.changed(zone, zone));
    }

    @Test
    void shouldSayWhatIsWrongWhenThereIsNoFile() {
        InvalidConfigException missing =
                assertThrows(InvalidConfigException.class, () -> open(folder.resolve("none.yaml")));
        assertEquals(folder.resolve("none.yaml") + ": there is no such file", missing.getMessage());
    }
}
