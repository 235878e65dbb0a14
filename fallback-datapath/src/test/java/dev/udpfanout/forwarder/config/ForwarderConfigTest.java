package dev.udpfanout.forwarder.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.counter.DropReason;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

@Tag("unit")
class ForwarderConfigTest {
    private final ForwarderConfig config = ForwarderConfig.forAddress(new InetSocketAddress("127.0.0.1", 514));

    @Test
    void shouldNameTheSettingThatIsOutOfRange() {
        refuses("workers: 0", () -> config.withWorkers(0));
        refuses("batchSize: 0", () -> config.withBatchSize(0));
        refuses("batchSize: 1025", () -> config.withBatchSize(1025));
        refuses("receiveBufferBytes: 100", () -> config.withReceiveBufferBytes(100));
        refuses("maxPacketBytes: 0", () -> config.withMaxPacketBytes(0));
        refuses("maxPacketBytes: 65508", () -> config.withMaxPacketBytes(65_508));
        refuses("cpus: -1", () -> config.withCpus(List.of(-1)));
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        refuses("NIO cannot", () -> config.withIo(IoChoice.NIO).withSource(SourceAddress.CLIENT));
        refuses("NIO cannot keep broadcasts", () -> config.withIo(IoChoice.NIO)
                .withRange(new AddressRange(config.bind().getAddress(), 24)));
        refuses("is a name", () -> ForwarderConfig.forAddress(InetSocketAddress.createUnresolved("syslog", 514)));
    }

    @Test
    void shouldRefuseTablesThatMakeNoSense() {
        refuses("has no port", () -> EndpointTable.of(new InetSocketAddress("10.0.0.1", 0)));
        refuses("is a name", () -> EndpointTable.of(InetSocketAddress.createUnresolved("pod", 514)));
        refuses("one receiver", () -> EndpointTable.of(new InetSocketAddress("0.0.0.0", 514)));
        refuses("one receiver", () -> EndpointTable.of(new InetSocketAddress("224.0.0.1", 514)));
    }

    @Test
    void shouldLabelReasonsAsMetricsDo() {
        assertEquals("receive_queue_overflow", DropReason.RECEIVE_QUEUE_OVERFLOW.label());
    }

    private static void refuses(String text, Executable attempt) {
        String message = assertThrows(IllegalArgumentException.class, attempt).getMessage();
        assertTrue(message.contains(text), message);
    }
}
