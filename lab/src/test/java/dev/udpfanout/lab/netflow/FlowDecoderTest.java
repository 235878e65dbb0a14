package dev.udpfanout.lab.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class FlowDecoderTest {
    private static final InetSocketAddress EXPORTER = new InetSocketAddress("192.0.2.1", 4000);
    private static final FlowLayout LAYOUT = new FlowLayout(256, 0);
    private static final FlowLayout CHANGED = new FlowLayout(256, 2);
    private static final int FIRST = FlowNumbers.number(0, 1);
    private static final int SECOND = FlowNumbers.number(0, 2);

    private final FlowDecoder decoder = new FlowDecoder();

    private static FlowMessage message(boolean ipfix, int domain) {
        return ipfix ? FlowMessage.ipfix(0, domain) : FlowMessage.v9(0, domain);
    }

    private void take(FlowMessage message) {
        decoder.take(ByteBuffer.wrap(message.bytes()), EXPORTER);
    }

    private List<Integer> times() {
        return List.of(decoder.decoded().times(FIRST), decoder.decoded().times(SECOND));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLoseRecordsWhenTheirTemplateHasNotCome(boolean ipfix) {
        take(message(ipfix, 1).templates(LAYOUT));
        take(message(ipfix, 2).records(LAYOUT, FIRST));
        take(message(ipfix, 1).records(LAYOUT, SECOND));
        assertEquals(List.of(0, 1), times());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadRecordsWrongWhenTheirTemplateIsAnOldOne(boolean ipfix) {
        take(message(ipfix, 1).templates(LAYOUT));
        take(message(ipfix, 1).records(CHANGED, FIRST, SECOND));
        assertEquals(List.of(1, 0), times());
        take(message(ipfix, 1).templates(CHANGED).records(CHANGED, FIRST, SECOND));
        assertEquals(List.of(2, 1), times());
    }

    @Test
    void shouldRefuseWhatIsNoMessage() {
        assertThrows(RuntimeException.class, () -> decoder.take(ByteBuffer.wrap(new byte[] {0, 9}), EXPORTER));
        assertThrows(RuntimeException.class, () -> decoder.take(ByteBuffer.wrap(new byte[100]), EXPORTER));
    }

    @Test
    void shouldCallARowWrongWhenARecordIsMissingOrTwice() {
        Sent sent = new Sent();
        sent.add(Exporter.SOFTFLOWD_V9, 3);
        Decoded decoded = new Decoded();
        decoded.add(FIRST, 2);
        decoded.add(SECOND, 1);
        Place place = new Place(Mode.KERNEL, false, WayIn.NIC);
        Row row = Row.of(
                Scenario.EXPORTERS,
                place,
                Exporter.SOFTFLOWD_V9,
                sent,
                java.util.Map.of(Collector.Kind.NFCAPD, decoded));
        assertEquals(List.of(1L, 1L), List.of(row.twice(), (long) row.missing()));
        assertTrue(!row.isRight());
        sent.addAway(Exporter.SOFTFLOWD_V9, 2, 3);
        row = Row.of(
                Scenario.EXPORTERS,
                place,
                Exporter.SOFTFLOWD_V9,
                sent,
                java.util.Map.of(Collector.Kind.NFCAPD, decoded));
        assertEquals(List.of(0, 1), List.of(row.missing(), row.away()));
    }
}
