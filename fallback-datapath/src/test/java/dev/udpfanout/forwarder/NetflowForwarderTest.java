package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.netflow.TemplateKeeping;
import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.traffic.FlowCollector;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every record of an exporter is read by exactly one collector, whoever of them there is. Needs CAP_NET_RAW. */
@Tag("kernel")
class NetflowForwarderTest {
    private static final FlowLayout FLOW = new FlowLayout(256, 0);
    private static final FlowLayout OTHER = new FlowLayout(257, 5);
    private static final FlowLayout CHANGED = new FlowLayout(256, 3);
    private static final int SAMPLING = 300;
    private static final int LARGE = 65_536;

    @TempDir
    private Path directory;

    private final List<Peer> peers = new ArrayList<>();
    private final List<FlowCollector> collectors = new ArrayList<>();
    private Peer exporter;
    private Forwarder forwarder;
    private TemplateKeeping keeping = new TemplateKeeping(limits());
    private boolean ipfix;
    private int sequence;
    private long next;

    @AfterEach
    void close() {
        peers.forEach(Peer::close);
        if (forwarder != null) {
            forwarder.close();
            exporter.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IO_URING, 127.0.0.1, false",
        "EPOLL, 127.0.0.1, true",
        "IO_URING, ::1, true",
        "EPOLL, ::1, false",
        "IO_URING_SINGLE_SHOT, ::1, true",
    })
    void shouldGiveEachRecordToOneCollectorWhileTheyCome(Transport transport, String address, boolean withIpfix) {
        start(transport, address, withIpfix);
        use(3);
        export(message(1).templates(FLOW, OTHER).samplingTemplate(SAMPLING));
        export(message(1).sampling(SAMPLING, 100, 1, 2));
        exportRecords(300);
        use(10);
        exportRecords(300);
        export(records(FLOW, 1).templates(CHANGED));
        for (int i = 0; i < 100; i++) {
            export(records(CHANGED, 1));
        }
        use(2);
        exportRecords(OTHER, 100);
        use(10);
        exportRecords(OTHER, 100);
        checkEachOnce();
        collectors.forEach(each -> assertEquals(2, each.sampledInterfaces()));
    }

    @ParameterizedTest
    @CsvSource({"IO_URING, 127.0.0.1", "EPOLL, ::1", "IO_URING_SINGLE_SHOT, 127.0.0.1"})
    void shouldGiveEachRecordToOneOfSixtyFourCollectors(Transport transport, String address) {
        start(transport, address, false);
        use(64);
        for (int i = 0; i < 20; i++) {
            export(records(FLOW, 2).templates(FLOW, OTHER).samplingTemplate(SAMPLING));
            exportRecords(64);
        }
        // The first set of the first message comes before its template is known to anyone.
        checkEachOnce(2);
        collectors.forEach(each -> assertEquals(2, each.templates()));
    }

    @Test
    void shouldKnowATemplateThatCameBeforeThereWasACollector() {
        start(Transport.EPOLL, "127.0.0.1", true);
        export(message(1).templates(FLOW, OTHER));
        use(3);
        exportRecords(30);
        checkEachOnce();
    }

    @ParameterizedTest
    @CsvSource({"IO_URING, 127.0.0.1", "EPOLL, ::1", "IO_URING_SINGLE_SHOT, 127.0.0.1"})
    void shouldKnowAfterARestartWhatItKnewBefore(Transport transport, String address) {
        keeping = new TemplateKeeping(limits(), Optional.of(directory.resolve("flows")));
        start(transport, address, true);
        use(2);
        export(message(1).templates(FLOW, OTHER).samplingTemplate(SAMPLING));
        export(message(1).sampling(SAMPLING, 100, 1, 2));
        exportRecords(30);
        settle();
        forwarder.close();
        open(transport, address);
        // The exporter has not sent anything since, so nobody knows which worker it is for.
        use(4);
        exportRecords(30);
        export(message(1).sampling(SAMPLING, 200, 3));
        use(5);
        exportRecords(30);
        checkEachOnce();
        collectors.forEach(each -> assertEquals(3, each.sampledInterfaces()));
        assertEquals(1, forwarder.exporters().size());
        assertEquals(3, forwarder.exporters().getFirst().templates());
    }

    /** That is over four million datagrams: they must not keep the forwarder from taking traffic. */
    @ParameterizedTest
    @CsvSource({"IO_URING, 127.0.0.1", "EPOLL, ::1"})
    void shouldTakeTrafficWhileSixtyFourCollectorsAreToldALargeMemory(Transport transport, String address) {
        keeping = new TemplateKeeping(new Limits(4 * LARGE, 1 << 28, Long.MAX_VALUE));
        start(transport, address, false);
        for (int domain = 2; domain <= LARGE + 1; domain++) {
            exporter.send(FlowMessage.v9(0, domain).templates(FLOW).bytes(), forwarder.localAddress());
            int sent = domain - 1;
            if (sent % 64 == 0) {
                Await.until("templates", () -> forwarder.counters().netflow().templates() == sent);
            }
        }
        use(64);
        // So that their sockets have room again.
        read();
        export(message(1).templates(FLOW));
        exportRecords(FLOW, 64);
        // What is told meanwhile counts as received, too.
        Await.until("the records", () -> {
            read();
            return allNumbers().size() >= next;
        });
        assertEquals(LARGE + 1, forwarder.counters().netflow().templates());
        assertEquals(
                LongStream.range(0, next).boxed().toList(),
                allNumbers().stream().sorted().toList());
    }

    @Test
    void shouldSpreadWhatIsMalformedAndCountIt() {
        start(Transport.IO_URING, "127.0.0.1", false);
        use(2);
        byte[] lying = message(1).templates(FLOW).bytes();
        lying[23] = 0;
        exporter.send(lying, forwarder.localAddress());
        exporter.send(new byte[] {0, 5, 1, 2}, forwarder.localAddress());
        Await.until("two datagrams", () -> ForwarderFixture.settled(forwarder) == 2);
        assertEquals(1, forwarder.counters().netflow().malformed());
        assertEquals(0, forwarder.counters().netflow().templates());
        assertEquals(1, peers.get(0).drain());
        assertEquals(1, peers.get(1).drain());
    }

    @Test
    void shouldRefuseTheSpreadWithoutItsMemoryAndTheMemoryWithoutTheClient() {
        ForwarderConfig plain = ForwarderConfig.forAddress(new InetSocketAddress("127.0.0.1", 0));
        assertThrows(IllegalArgumentException.class, () -> plain.withNetflow(new TemplateKeeping(limits())));
        try (Forwarder other = Forwarder.start(plain.withSource(SourceAddress.CLIENT))) {
            EndpointTable table = new EndpointTable(List.of(new InetSocketAddress("127.0.0.1", 9)), Spread.NETFLOW);
            assertThrows(RuntimeException.class, () -> other.endpoints(table));
        }
    }

    private static Limits limits() {
        return new Limits(1000, 1 << 20, Long.MAX_VALUE);
    }

    private void start(Transport transport, String address, boolean withIpfix) {
        ipfix = withIpfix;
        exporter = Peer.on(address);
        open(transport, address);
    }

    private void open(Transport transport, String address) {
        forwarder = Transports.start(
                transport,
                ForwarderConfig.forAddress(new InetSocketAddress(address, 0))
                        .withWorkers(2)
                        .withSource(SourceAddress.CLIENT)
                        .withNetflow(keeping));
    }

    /** The first ones; those that are new are opened, and stay. */
    private void use(int count) {
        String address = exporter.address().getAddress().getHostAddress();
        while (peers.size() < count) {
            peers.add(Peer.on(address));
            collectors.add(new FlowCollector());
        }
        List<InetSocketAddress> endpoints =
                peers.subList(0, count).stream().map(Peer::address).toList();
        Await.done(forwarder.endpoints(new EndpointTable(endpoints, Spread.NETFLOW)));
    }

    private FlowMessage message(int domain) {
        return ipfix ? FlowMessage.ipfix(sequence++, domain) : FlowMessage.v9(sequence++, domain);
    }

    private FlowMessage records(FlowLayout layout, int count) {
        long first = next;
        next += count;
        return message(1).records(layout, LongStream.range(first, next).toArray());
    }

    /** One after the other, since a table may be exchanged between any two. */
    private void export(FlowMessage message) {
        long before = forwarder.counters().received();
        exporter.send(message.bytes(), forwarder.localAddress());
        Await.until("the message", () -> forwarder.counters().received() > before);
    }

    private void exportRecords(int messages) {
        for (int i = 0; i < messages; i++) {
            export(records(i % 3 == 0 ? OTHER : FLOW, 1 + i % 4));
        }
    }

    private void exportRecords(FlowLayout layout, int messages) {
        for (int i = 0; i < messages; i++) {
            export(records(layout, 2));
        }
    }

    private void checkEachOnce() {
        checkEachOnce(0);
    }

    private void settle() {
        Await.until(
                "all that was received to be dealt with",
                () -> ForwarderFixture.settled(forwarder)
                        == forwarder.counters().received());
    }

    /** Has the collectors read what has come. */
    private void read() {
        for (int i = 0; i < peers.size(); i++) {
            for (byte[] datagram = peers.get(i).poll();
                    datagram != null;
                    datagram = peers.get(i).poll()) {
                assertEquals(exporter.address(), peers.get(i).lastSender());
                collectors.get(i).take(datagram, exporter.address());
            }
        }
    }

    private List<Long> allNumbers() {
        return collectors.stream().flatMap(each -> each.numbers().stream()).toList();
    }

    private void checkEachOnce(int from) {
        settle();
        read();
        assertEquals(
                LongStream.range(from, next).boxed().toList(),
                allNumbers().stream().sorted().toList());
    }
}
