package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.icmp.IcmpEvent;
import dev.udpfanout.bindings.icmp.IcmpSocket;
import dev.udpfanout.bindings.icmp.SendResult;
import dev.udpfanout.bindings.icmp.SocketKind;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both kinds of ICMP socket against the real kernel. */
@Tag("kernel")
class IcmpKernelTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] PAYLOAD = "udp-fanout".getBytes(StandardCharsets.US_ASCII);
    private static Topology topology;

    @BeforeAll
    static void build() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        allowDatagramSockets("0 2147483647");
    }

    @AfterAll
    static void remove() {
        topology.close();
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldGetTheReplyOfEachPod(SocketKind kind) throws UnknownHostException {
        shouldGetTheReplies(
                kind,
                address(topology.plan().podAddress(1)),
                address(topology.plan().podAddress(2)));
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldGetTheReplyOfEachPodOverIpv6(SocketKind kind) throws UnknownHostException {
        shouldGetTheReplies(
                kind,
                address(topology.plan().podAddress6(1)),
                address(topology.plan().podAddress6(2)));
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldGetTheRepliesOfBothFamilies(SocketKind kind) throws UnknownHostException {
        shouldGetTheReplies(
                kind,
                address(topology.plan().podAddress(1)),
                address(topology.plan().podAddress6(1)));
    }

    private static void shouldGetTheReplies(SocketKind kind, InetAddress one, InetAddress other) {
        try (IcmpSocket socket = open(kind)) {
            assertEquals(SendResult.SENT, socket.send(one, 7, PAYLOAD));
            assertEquals(SendResult.SENT, socket.send(other, 0xffff, PAYLOAD));

            List<IcmpEvent> events = await(socket, 2);
            for (InetAddress from : List.of(one, other)) {
                int sequence = from.equals(one) ? 7 : 0xffff;
                assertTrue(
                        events.stream()
                                .anyMatch(event -> event instanceof IcmpEvent.EchoReply reply
                                        && reply.from().equals(from)
                                        && reply.sequence() == sequence),
                        events.toString());
            }
            assertArrayEquals(PAYLOAD, ((IcmpEvent.EchoReply) events.getFirst()).payload());
        }
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldSayWhenTheNetworkReportsUnreachable(SocketKind kind) throws UnknownHostException {
        topology.pod(1)
                .exec(
                        "iptables",
                        "-A",
                        "INPUT",
                        "-p",
                        "icmp",
                        "-j",
                        "REJECT",
                        "--reject-with",
                        "icmp-admin-prohibited");
        try (IcmpSocket socket = open(kind)) {
            InetAddress pod = address(topology.plan().podAddress(1));
            assertEquals(SendResult.SENT, socket.send(pod, 9, PAYLOAD));

            assertEquals(List.of(new IcmpEvent.Unreachable(pod, 9, 13)), await(socket, 1));
            // The error that it left on the socket must not fail a message to somebody else.
            assertEquals(SendResult.SENT, socket.send(pod, 10, PAYLOAD));
            await(socket, 1);
            assertEquals(SendResult.SENT, socket.send(address(topology.plan().podAddress(2)), 11, PAYLOAD));
            assertEquals(11, await(socket, 1).getFirst().sequence());
        } finally {
            topology.pod(1).exec("iptables", "-F", "INPUT");
        }
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldSayWhenTheNetworkReportsUnreachableOverIpv6(SocketKind kind) throws UnknownHostException {
        topology.pod(1)
                .exec(
                        "ip6tables",
                        "-A",
                        "INPUT",
                        "-p",
                        "icmpv6",
                        "--icmpv6-type",
                        "echo-request",
                        "-j",
                        "REJECT",
                        "--reject-with",
                        "icmp6-adm-prohibited");
        try (IcmpSocket socket = open(kind)) {
            InetAddress pod = address(topology.plan().podAddress6(1));
            assertEquals(SendResult.SENT, socket.send(pod, 9, PAYLOAD));

            assertEquals(List.of(new IcmpEvent.Unreachable(pod, 9, 1)), await(socket, 1));
            assertEquals(SendResult.SENT, socket.send(address(topology.plan().podAddress6(2)), 11, PAYLOAD));
            assertEquals(11, await(socket, 1).getFirst().sequence());
        } finally {
            topology.pod(1).exec("ip6tables", "-F", "INPUT");
        }
    }

    @Test
    void shouldSayAtOnceWhenThisMachineKnowsNoWayOverIpv6() throws UnknownHostException {
        topology.node().exec("ip", "-6", "route", "replace", "unreachable", "2001:db8:ffff::/48");
        try (IcmpSocket socket = open(SocketKind.RAW)) {
            assertEquals(SendResult.NO_WAY, socket.send(address("2001:db8:ffff::1"), 1, PAYLOAD));
        }
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void shouldSayAtOnceWhenThisMachineKnowsNoWay(SocketKind kind) throws UnknownHostException {
        topology.node().exec("ip", "route", "replace", "unreachable", "203.0.113.0/24");
        try (IcmpSocket socket = open(kind)) {
            assertEquals(SendResult.NO_WAY, socket.send(address("203.0.113.1"), 1, PAYLOAD));
        }
    }

    @Test
    void shouldNotMixUpTheRepliesOfTwoRawSockets() throws UnknownHostException {
        InetAddress pod = address(topology.plan().podAddress(1));
        try (IcmpSocket one = open(SocketKind.RAW);
                IcmpSocket other = open(SocketKind.RAW)) {
            one.send(pod, 1, PAYLOAD);
            assertEquals(1, await(one, 1).getFirst().sequence());
            other.send(pod, 2, PAYLOAD);

            assertEquals(
                    List.of(2),
                    await(other, 1).stream().map(IcmpEvent::sequence).toList());
            one.send(pod, 3, PAYLOAD);
            assertEquals(3, await(one, 1).getFirst().sequence());
        }
    }

    @Test
    void shouldFallBackToARawSocketWhenDatagramSocketsAreNotAllowed() {
        allowDatagramSockets("1 0");
        try (IcmpSocket socket = topology.node().call(IcmpSocket::open)) {
            assertEquals(SocketKind.RAW, socket.kind());
            SystemCallException refused = assertThrows(SystemCallException.class, () -> open(SocketKind.DATAGRAM));
            assertEquals(Errno.EACCES, refused.errno());
            assertTrue(refused.getMessage().contains("net.ipv4.ping_group_range"), refused.getMessage());
        } finally {
            allowDatagramSockets("0 2147483647");
        }
        try (IcmpSocket socket = topology.node().call(IcmpSocket::open)) {
            assertEquals(SocketKind.DATAGRAM, socket.kind());
        }
    }

    @Test
    void shouldReturnFromAwaitWhenWoken() {
        try (IcmpSocket socket = open(SocketKind.RAW)) {
            for (int i = 0; i < 100; i++) {
                Thread waker = Thread.ofPlatform().start(socket::wakeUp);
                socket.await(Duration.ofHours(1));
                assertTrue(BoundedWait.until(() -> !waker.isAlive(), LIMIT));
            }
        }
    }

    private static IcmpSocket open(SocketKind kind) {
        return topology.node().call(() -> IcmpSocket.open(kind));
    }

    private static List<IcmpEvent> await(IcmpSocket socket, int count) {
        List<IcmpEvent> events = new ArrayList<>();
        assertTrue(
                BoundedWait.until(
                        () -> {
                            socket.await(Duration.ofMillis(100));
                            socket.receive(events::add, 100);
                            return events.size() >= count;
                        },
                        LIMIT),
                "only " + events);
        return events;
    }

    private static void allowDatagramSockets(String groups) {
        topology.node().call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/ping_group_range"), groups));
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
