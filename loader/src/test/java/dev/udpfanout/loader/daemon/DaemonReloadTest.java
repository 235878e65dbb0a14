package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.endtoend.AdminClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one part of a change cannot do keeps nothing else from being done, and is done when it can be. */
@Tag("kernel")
class DaemonReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PROBED =
            "{ enabled: true, protocol: tcp, interval_ms: 200, timeout_ms: 150, fall: 2, rise: 2 }";
    private static final String UNPROBED = "{ enabled: false }";

    private final Topology topology = Topology.builder().pods(1).build();
    private final RecordingDatapath datapath = new RecordingDatapath();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean isNetlinkBroken;

    @TempDir
    private Path directory;

    private Daemon daemon;

    private void start() throws IOException, InvalidConfigException, InterruptedException {
        ConfigReader reader = new ConfigReader(name -> {
            if (isNetlinkBroken) {
                failures.incrementAndGet();
                throw new IllegalStateException("RTM_GETLINK: ENOBUFS");
            }
            return true;
        });
        daemon = new Daemon(
                ConfigSource.open(directory.resolve("config.yaml"), reader),
                config -> datapath,
                UserspaceDrops.NONE,
                "test");
        topology.node().thread("daemon", daemon::run).start();
        assertTrue(daemon.awaitRunning(LIMIT));
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        if (daemon != null) {
            daemon.stop();
            assertTrue(daemon.awaitFinished(LIMIT));
        }
        topology.close();
    }

    private void write(int port, int metricsPort, String health) throws IOException {
        Path next = Files.writeString(directory.resolve("next.yaml"), """
                metrics: { bind: "127.0.0.1:%d" }
                health: %s
                listeners:
                  - { bind: "0.0.0.0:%d", interface: eth0, downstream: [ { address: "10.42.0.11:40514" } ] }
                """.formatted(metricsPort, health, port));
        Files.move(next, directory.resolve("config.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean isServed(int port) {
        return topology.node().call(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (ConnectException e) {
                return false;
            }
        });
    }

    private String status() {
        return new AdminClient(topology.node()).page("/status");
    }

    @Test
    void shouldPutAllElseInForceWhenTheListenersCannotBeChanged() throws Exception {
        write(5514, 9091, PROBED);
        start();
        datapath.configureFailure = Optional.of(new IllegalStateException("port 6000 is taken"));

        write(6000, 9090, UNPROBED);

        assertTrue(BoundedWait.until(() -> isServed(9090), LIMIT));
        assertFalse(isServed(9091));
        assertTrue(BoundedWait.until(() -> !status().contains("\"protocol\""), LIMIT), this::status);
    }

    @Test
    void shouldServeMetricsWhenTheirPortHasBecomeFree() throws Exception {
        write(5514, 9091, UNPROBED);
        start();
        try (ServerSocket taken =
                topology.node().call(() -> new ServerSocket(9090, 1, InetAddress.getLoopbackAddress()))) {
            write(6000, 9090, PROBED);
            assertTrue(BoundedWait.until(() -> !isServed(9091), LIMIT));
        }
        assertTrue(BoundedWait.until(() -> isServed(9090), LIMIT));
        assertTrue(BoundedWait.until(() -> status().contains("\"valid\":true"), LIMIT), this::status);
        assertTrue(status().contains("\"protocol\":\"tcp\""), this::status);
    }

    @Test
    void shouldApplyAChangeThatCouldNotBeCheckedAtFirst() throws Exception {
        write(5514, 9090, UNPROBED);
        start();
        isNetlinkBroken = true;
        write(6000, 9090, UNPROBED);
        assertTrue(BoundedWait.until(() -> failures.get() > 0, LIMIT));
        isNetlinkBroken = false;

        assertTrue(BoundedWait.until(() -> !datapath.listeners.isEmpty(), LIMIT));
        assertEquals(6000, datapath.listeners.getFirst().bind().getPort());
    }
}
