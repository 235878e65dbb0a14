package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.ForwarderCounters;
import dev.udpfanout.forwarder.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A sender and receivers on the loopback interface, closed after each test. */
abstract class ForwarderFixture {
    static final String LOOPBACK = "127.0.0.1";

    private final List<AutoCloseable> resources = new ArrayList<>();
    final Peer sender = keep(Peer.on(LOOPBACK));

    /** The transport under test. */
    abstract Transport transport();

    final IoChoice io() {
        return Transports.io(transport());
    }

    final Forwarder open(ForwarderConfig config) {
        return Transports.start(transport(), config);
    }

    final <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    @AfterEach
    final void closeResources() throws Exception {
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    final ForwarderConfig config() {
        return ForwarderConfig.forAddress(new InetSocketAddress(LOOPBACK, 0)).withIo(io());
    }

    final Forwarder start(ForwarderConfig config, Peer... receivers) {
        Forwarder forwarder = keep(open(config));
        use(forwarder, receivers);
        return forwarder;
    }

    static void use(Forwarder forwarder, Peer... receivers) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (Peer receiver : receivers) {
            endpoints.add(receiver.address());
        }
        Await.done(forwarder.endpoints(new EndpointTable(endpoints)));
    }

    final Peer receiver() {
        return keep(Peer.on(LOOPBACK));
    }

    static InetSocketAddress closedPort() {
        try (Peer peer = Peer.on(LOOPBACK)) {
            return peer.address();
        }
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    static int number(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt();
    }

    /** Datagrams that the forwarder has dealt with, one way or the other. */
    static long settled(Forwarder forwarder) {
        ForwarderCounters counters = forwarder.counters();
        long dropped =
                counters.dropped().values().stream().mapToLong(Long::longValue).sum();
        return counters.forwarded()
                + dropped
                - counters.dropped(DropReason.UNREACHABLE)
                - counters.dropped(DropReason.RECEIVE_QUEUE_OVERFLOW);
    }
}
