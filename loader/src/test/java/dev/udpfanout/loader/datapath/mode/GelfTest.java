package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.traffic.GelfReceiver;
import dev.udpfanout.lab.traffic.GelfSenders;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chunked GELF messages of 50 senders at a time: each is whole at one receiver, in every mode at the same one. With
 * {@code -Dgelf.messages=10000}, which takes about half a minute a mode, as many as an installation sends in a minute.
 */
@Tag("kernel")
class GelfTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 4;
    private static final int SENDERS = 50;
    private static final int MESSAGES = Integer.getInteger("gelf.messages", 400);
    private static final long SEED = 7;

    /** Datagrams that may be under way: far fewer than a socket's buffer holds. */
    private static final int WINDOW = 200;

    private static ListenerText gelf(boolean ipv6, String mode) {
        ListenerText text = (ipv6 ? NodeModes.onNic6() : NodeModes.onNic())
                .with("policy", "hash")
                .with("hash_on", "gelf");
        return mode.equals("tc_ebpf")
                ? text.with("mode", mode)
                : text.with("mode", "userspace")
                        .with("io", mode)
                        .with("workers", 2)
                        .with("source", "node");
    }

    /** Where each message was put together. */
    private static Map<Long, InetAddress> send(Topology topology, boolean ipv6, String mode) {
        List<InetSocketAddress> endpoints =
                ipv6 ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT);
        ListenerConfig listener = gelf(ipv6, mode).listener(endpoints);
        List<GelfReceiver> receivers = topology.pods().stream()
                .map(pod -> GelfReceiver.in(pod, NodeModes.POD_PORT))
                .toList();
        try (NodeModes modes = NodeModes.open(topology.node(), listener);
                GelfSenders senders = GelfSenders.open(topology.client(), SENDERS, SEED)) {
            assertEquals(
                    mode.equals("tc_ebpf") ? mode : "userspace",
                    modes.state(listener.name()).mode());
            senders.send(ipv6 ? NodeModes.NODE6 : NodeModes.NODE, MESSAGES, sent -> await(receivers, sent - WINDOW));
            await(receivers, senders.datagrams());
            Map<Long, InetAddress> places = new HashMap<>();
            for (int pod = 0; pod < PODS; pod++) {
                GelfReceiver receiver = receivers.get(pod);
                InetAddress place = endpoints.get(pod).getAddress();
                assertEquals(0, receiver.wrong() + receiver.unchunked());
                receiver.complete().forEach((id, content) -> {
                    assertArrayEquals(senders.sent().get(id), content);
                    assertNull(places.put(id, place), "a message is whole at one receiver");
                });
                // Four times the spread that chance alone makes.
                double mean = (double) MESSAGES / PODS;
                double spread = Math.sqrt(mean * (PODS - 1) / PODS);
                assertEquals(mean, receiver.complete().size(), 4 * spread);
            }
            assertEquals(senders.sent().keySet(), places.keySet(), "all are whole");
            return places;
        } finally {
            receivers.forEach(GelfReceiver::close);
        }
    }

    private static void await(List<GelfReceiver> receivers, long datagrams) {
        assertTrue(
                BoundedWait.until(
                        () -> receivers.stream()
                                        .mapToLong(GelfReceiver::datagrams)
                                        .sum()
                                >= datagrams,
                        LIMIT),
                () -> receivers.stream().mapToLong(GelfReceiver::datagrams).sum() + " of " + datagrams + " came");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBringAllChunksOfAMessageToOneReceiverWhicheverDatapathServes(boolean ipv6) {
        Map<Long, InetAddress> inKernel = null;
        for (String mode : List.of("tc_ebpf", "io_uring", "epoll", "nio")) {
            try (Topology topology = Topology.builder()
                    .pods(PODS)
                    .ipv6(true)
                    .verifyChecksums(true)
                    .build()) {
                Map<Long, InetAddress> places = send(topology, ipv6, mode);
                assertTrue(inKernel == null || inKernel.equals(places), mode);
                inKernel = places;
            }
        }
    }
}
