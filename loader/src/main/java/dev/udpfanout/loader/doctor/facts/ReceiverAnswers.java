package dev.udpfanout.loader.doctor.facts;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.icmp.IcmpEvent;
import dev.udpfanout.bindings.icmp.IcmpSocket;
import dev.udpfanout.bindings.icmp.SendResult;
import dev.udpfanout.bindings.icmp.UdpKnock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What receivers answer to this node: each address is sent an ICMP echo request, and each port an empty datagram, which
 * nobody answers unless there is no socket (ICMP port unreachable, RFC 1122 section 4.1.3.1).
 *
 * @param echoed addresses that answered the echo request
 * @param closed addresses and ports where nobody listens
 * @param isEchoKnown whether echo requests could be sent
 */
public record ReceiverAnswers(Set<InetAddress> echoed, Set<InetSocketAddress> closed, boolean isEchoKnown) {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    /** Another CPU may bring an error later than the last echo reply. */
    private static final Duration LEAST = Duration.ofMillis(200);

    private static final Duration STEP = Duration.ofMillis(50);
    private static final int MAX_RECEIVED_AT_ONCE = 256;
    private static final byte[] PAYLOAD = "udp-fanout doctor".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    public ReceiverAnswers {
        echoed = Set.copyOf(echoed);
        closed = Set.copyOf(closed);
    }

    /**
     * Asks them all at once; takes a second at most, and less if all answer.
     *
     * @param receivers some dozens at most: each has a socket meanwhile
     */
    public static ReceiverAnswers ask(Collection<InetSocketAddress> receivers) {
        List<UdpKnock> knocks = new ArrayList<>();
        try {
            receivers.forEach(receiver -> UdpKnock.at(receiver).ifPresent(knocks::add));
            Set<InetAddress> echoed = new HashSet<>();
            boolean isEchoKnown = echo(receivers, echoed);
            return new ReceiverAnswers(echoed, closed(knocks), isEchoKnown);
        } finally {
            knocks.forEach(UdpKnock::close);
        }
    }

    private static Set<InetSocketAddress> closed(List<UdpKnock> knocks) {
        return knocks.stream().filter(UdpKnock::isRefused).map(UdpKnock::target).collect(Collectors.toSet());
    }

    private static boolean echo(Collection<InetSocketAddress> receivers, Set<InetAddress> echoed) {
        try (IcmpSocket socket = IcmpSocket.open()) {
            Map<Integer, InetAddress> sent = new HashMap<>();
            for (InetAddress address : receivers.stream()
                    .map(InetSocketAddress::getAddress)
                    .distinct()
                    .toList()) {
                if (socket.send(address, sent.size(), PAYLOAD) == SendResult.SENT) {
                    sent.put(sent.size(), address);
                }
            }
            long startedNanos = System.nanoTime();
            long sinceNanos = 0;
            while (sinceNanos < LEAST.toNanos() || echoed.size() < sent.size() && sinceNanos < LIMIT.toNanos()) {
                socket.await(STEP);
                socket.receive(event -> onEvent(event, sent, echoed), MAX_RECEIVED_AT_ONCE);
                sinceNanos = System.nanoTime() - startedNanos;
            }
            return true;
        } catch (SystemCallException e) {
            // Neither ping sockets nor CAP_NET_RAW.
            return false;
        }
    }

    private static void onEvent(IcmpEvent event, Map<Integer, InetAddress> sent, Set<InetAddress> echoed) {
        if (event instanceof IcmpEvent.EchoReply reply && reply.from().equals(sent.get(reply.sequence()))) {
            echoed.add(reply.from());
        }
    }
}
