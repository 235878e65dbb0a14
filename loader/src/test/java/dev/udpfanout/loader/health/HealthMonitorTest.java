package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.status.HealthState;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The probers that need no privilege, over the loopback interface. */
@Tag("unit")
class HealthMonitorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final List<HealthChange> changes = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    @Test
    void shouldFollowAUdpEchoEndpointDownAndUp() throws Exception {
        DatagramSocket endpoint = closing(new DatagramSocket(0, LOOPBACK));
        InetSocketAddress address = (InetSocketAddress) endpoint.getLocalSocketAddress();
        Thread echo = echo(endpoint, true);
        HealthMonitor monitor = monitor(Protocol.UDP_ECHO, "/");
        monitor.targets(Set.of(address));
        awaitState(monitor, address, HealthState.UP);

        endpoint.close();
        awaitState(monitor, address, HealthState.DOWN);
        assertEquals(Set.of(address), monitor.down());
        // The port is free when this thread has left the socket, not before.
        assertTrue(echo.join(LIMIT));

        echo(closing(new DatagramSocket(address)), true);
        awaitState(monitor, address, HealthState.UP);
        assertEquals(HealthState.UP, changes.getFirst().to());
        for (int i = 1; i < changes.size(); i++) {
            assertEquals(changes.get(i - 1).to(), changes.get(i).from());
        }
    }

    @Test
    void shouldNotTakeADifferentDatagramForAnEcho() throws IOException {
        DatagramSocket endpoint = closing(new DatagramSocket(0, LOOPBACK));
        echo(endpoint, false);
        HealthMonitor monitor = monitor(Protocol.UDP_ECHO, "/");
        InetSocketAddress address = (InetSocketAddress) endpoint.getLocalSocketAddress();
        monitor.targets(Set.of(address));

        awaitState(monitor, address, HealthState.DOWN);
    }

    @Test
    void shouldFollowATcpEndpointUpAndDown() throws IOException {
        ServerSocket endpoint = closing(new ServerSocket(0, 50, LOOPBACK));
        InetSocketAddress address = (InetSocketAddress) endpoint.getLocalSocketAddress();
        HealthMonitor monitor = monitor(Protocol.TCP, "/");
        monitor.targets(Set.of(address));
        awaitState(monitor, address, HealthState.UP);

        endpoint.close();

        awaitState(monitor, address, HealthState.DOWN);
        assertTrue(monitor.status().results().get("refused") >= 2);
    }

    @Test
    void shouldAskForThePathAndBelieveTheStatus() throws IOException {
        InetSocketAddress well = http("HTTP/1.1 204 No Content\r\n\r\n");
        InetSocketAddress moved = http("HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n");
        InetSocketAddress ill = http("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        InetSocketAddress nonsense = http("SSH-2.0-OpenSSH_9.2\r\n");
        InetSocketAddress endless = http("HTTP/1.1 200 " + "x".repeat(100_000));
        InetSocketAddress silent = http("");
        HealthMonitor monitor = monitor(Protocol.HTTP, "/ready?full=1");
        monitor.targets(Set.of(well, moved, ill, nonsense, endless, silent));

        awaitState(monitor, well, HealthState.UP);
        awaitState(monitor, moved, HealthState.UP);
        for (InetSocketAddress bad : List.of(ill, nonsense, endless, silent)) {
            awaitState(monitor, bad, HealthState.DOWN);
        }
    }

    @Test
    void shouldForgetEndpointsThatAreNoTargetsAnyMore() throws IOException {
        InetSocketAddress dead;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            dead = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        HealthMonitor monitor = monitor(Protocol.TCP, "/");
        monitor.targets(Set.of(dead));
        awaitState(monitor, dead, HealthState.DOWN);

        monitor.targets(Set.of());

        assertTrue(BoundedWait.until(() -> monitor.down().isEmpty(), LIMIT));
        assertEquals(HealthState.UNKNOWN, monitor.state(dead));
    }

    @Test
    void shouldKeepDownWhatWasDownUntilItHasRisenWhenItTakesAnothersPlace() throws IOException {
        InetSocketAddress dead;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            dead = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        InetSocketAddress recovered = http("HTTP/1.1 200 OK\r\n\r\n");
        InetSocketAddress gone = new InetSocketAddress(LOOPBACK, 9);
        HealthMonitor monitor = closing(HealthMonitor.start(
                HealthConfigs.of(Protocol.HTTP, "/ready?full=1"),
                Set.of(dead, recovered, gone),
                (all, down) -> changes.addAll(all)));
        assertEquals(Set.of(dead, recovered, gone), monitor.down());

        monitor.targets(Set.of(dead, recovered));

        awaitState(monitor, recovered, HealthState.UP);
        assertTrue(BoundedWait.until(() -> monitor.status().results().getOrDefault("refused", 0L) >= 3, LIMIT));
        assertEquals(Set.of(dead), monitor.down());
        assertEquals(1, changes.size(), changes::toString);
        assertEquals(HealthState.DOWN, changes.getFirst().from());
    }

    @Test
    void shouldTakeEndpointsDownAtOnceWhenTheirLinkIsDown() throws IOException {
        InetSocketAddress well = http("HTTP/1.1 200 OK\r\n\r\n");
        HealthMonitor monitor = monitor(Protocol.HTTP, "/ready?full=1");
        monitor.targets(Set.of(well));
        awaitState(monitor, well, HealthState.UP);

        monitor.markLinkDown(Set.of(LOOPBACK));

        assertTrue(BoundedWait.until(
                () -> List.copyOf(changes).stream()
                        .anyMatch(change -> change.reason().equals("link is down")),
                LIMIT));
        awaitState(monitor, well, HealthState.UP);
    }

    @Test
    void shouldGoOnWhenTheListenerThrows() throws IOException {
        InetSocketAddress well = http("HTTP/1.1 200 OK\r\n\r\n");
        HealthMonitor monitor =
                closing(HealthMonitor.start(HealthConfigs.of(Protocol.HTTP, "/ready?full=1"), (all, down) -> {
                    changes.addAll(all);
                    throw new IllegalStateException("a listener's fault");
                }));
        monitor.targets(Set.of(well));
        awaitState(monitor, well, HealthState.UP);

        monitor.markDown(well, "tried");

        assertTrue(BoundedWait.until(() -> changes.size() >= 3, LIMIT));
    }

    private HealthMonitor monitor(Protocol protocol, String path) {
        return closing(HealthMonitor.start(HealthConfigs.of(protocol, path), (all, down) -> changes.addAll(all)));
    }

    private static void awaitState(HealthMonitor monitor, InetSocketAddress endpoint, HealthState state) {
        assertTrue(
                BoundedWait.until(() -> monitor.state(endpoint) == state, LIMIT),
                endpoint + " is " + monitor.state(endpoint) + " and not " + state);
    }

    private <T extends AutoCloseable> T closing(T resource) {
        resources.add(resource);
        return resource;
    }

    private static Thread echo(DatagramSocket socket, boolean isHonest) {
        return Thread.ofPlatform().daemon().start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            try {
                while (!socket.isClosed()) {
                    socket.receive(packet);
                    packet.getData()[0] ^= (byte) (isHonest ? 0 : 1);
                    socket.send(packet);
                }
            } catch (IOException e) {
                // Closed: the end.
            }
        });
    }

    /** A server that answers the right request, and nothing else, with these bytes. */
    private InetSocketAddress http(String response) throws IOException {
        ServerSocket server = closing(new ServerSocket(0, 50, LOOPBACK));
        InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
        String expected = "GET /ready?full=1 HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort() + "\r\n";
        Thread.ofPlatform().daemon().start(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    byte[] start = client.getInputStream().readNBytes(expected.length());
                    if (new String(start, StandardCharsets.US_ASCII).equals(expected)) {
                        client.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
                        client.shutdownOutput();
                        client.getInputStream().readAllBytes();
                    }
                } catch (IOException e) {
                    // The monitor hung up, or the test is over.
                }
            }
        });
        return address;
    }
}
