package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Needs CAP_NET_RAW. A datagram whose checksum is wrong does not reach its receiver: the kernel checks those of raw
 * sockets.
 */
@Tag("kernel")
class ClientSourceTest {
    private static final int[] SIZES = {0, 1, 2, 3, 4, 5, 200, 1472, 1473, 9000, 65_507};

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"IO_URING", "EPOLL", "IO_URING_SINGLE_SHOT"})
    void shouldShowReceiversTheClientsIpv4AddressAndPort(Transport transport) {
        check(transport, "127.0.0.5", "127.0.0.1", "127.0.0.6");
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"IO_URING", "EPOLL", "IO_URING_SINGLE_SHOT"})
    void shouldShowReceiversTheClientsIpv6AddressAndPort(Transport transport) {
        check(transport, "::1", "::1", "::1");
    }

    @Test
    void shouldRefuseAnEndpointOfTheOtherFamily() {
        ForwarderConfig config = config("127.0.0.1");
        try (Forwarder forwarder = Forwarder.start(config)) {
            EndpointTable other = EndpointTable.of(new InetSocketAddress("::1", 9));
            assertThrows(ForwarderException.class, () -> forwarder.endpoints(other));
        }
    }

    private static void check(Transport transport, String clientAddress, String listener, String receiverAddress) {
        Random random = new Random(3);
        try (Peer client = Peer.on(clientAddress);
                Peer receiver = Peer.on(receiverAddress);
                Forwarder forwarder = Transports.start(transport, config(listener))) {
            Await.done(forwarder.endpoints(EndpointTable.of(receiver.address())));
            for (int size : SIZES) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                client.send(payload, forwarder.localAddress());
                assertArrayEquals(payload, receiver.receive(), () -> size + " bytes");
                assertEquals(client.address(), receiver.lastSender());
            }
            assertNull(receiver.poll());
        }
    }

    private static ForwarderConfig config(String listener) {
        return ForwarderConfig.forAddress(new InetSocketAddress(listener, 0)).withSource(SourceAddress.CLIENT);
    }
}
