package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the datapath when the daemon comes to an end that nobody asked for. */
@Tag("kernel")
class DaemonEndTest {
    private final Topology topology = Topology.builder().pods(1).build();
    private final RecordingDatapath datapath = new RecordingDatapath();

    @TempDir
    private Path directory;

    @AfterEach
    void tearDown() {
        topology.close();
    }

    /** Runs a daemon in the node until it ends. */
    private void run(String onExit) throws IOException, InvalidConfigException {
        Path file = Files.writeString(directory.resolve("config.yaml"), """
                metrics: { enabled: false }
                health: { enabled: false }
                on_exit: %s
                listeners:
                  - { bind: "10.255.0.1:5514", interface: dummy0, downstream: [ { address: "10.42.0.11:40514" } ] }
                """.formatted(onExit));
        Daemon daemon = new Daemon(
                ConfigSource.open(file, new ConfigReader(name -> true)),
                config -> datapath,
                UserspaceDrops.NONE,
                "test");
        topology.node().call(() -> {
            daemon.run();
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep", "detach"})
    void shouldAbandonTheDatapathWhenItFailsBeforeItHasTakenOver(String onExit) {
        datapath.reconcileFailure = Optional.of(new IllegalStateException("no such interface"));
        assertThrows(RuntimeException.class, () -> run(onExit));
        assertEquals("abandoned", datapath.end);
    }

    @ParameterizedTest
    @CsvSource({"keep, released", "detach, closed"})
    void shouldDoAsOnExitSaysWhenItFailsAfterwards(String onExit, String end) {
        datapath.stateFailure = Optional.of(new Error("of the test"));
        assertThrows(Error.class, () -> run(onExit));
        assertEquals(end, datapath.end);
    }
}
