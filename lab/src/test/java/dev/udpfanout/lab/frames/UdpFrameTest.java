package dev.udpfanout.lab.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class UdpFrameTest {
    private static final InetSocketAddress SOURCE = new InetSocketAddress("192.168.1.10", 1234);
    private static final InetSocketAddress DESTINATION = new InetSocketAddress("192.168.1.100", 5514);

    @Test
    void shouldSumAsTheExampleOfTheRfcDoes() {
        byte[] example = HexFormat.of().parseHex("0001f203f4f5f6f7");

        assertEquals(0x2ddf0, InternetChecksum.sum(example, 0, example.length));
        assertEquals(~0xddf2 & 0xffff, InternetChecksum.complement(0x2ddf0));
    }

    @Test
    void shouldBeRightInEveryFieldUnlessToldOtherwise() {
        ParsedFrame frame = ParsedFrame.of(frame().payload(new byte[] {1, 2, 3}).build());

        assertTrue(frame.isUdp());
        assertTrue(frame.ipChecksumValid());
        assertTrue(frame.udpChecksumValid());
        assertEquals(SOURCE, frame.source());
        assertEquals(DESTINATION, frame.destination());
        assertEquals(31, frame.totalLength());
        assertEquals(11, frame.udpLength());
        assertEquals(64, frame.ttl());
        assertArrayEquals(new byte[] {1, 2, 3}, frame.udpPayload());
        assertEquals("02:75:66:00:01:0a", frame.sourceMac().toString());
    }

    @Test
    void shouldWriteWhatIsOverridden() {
        ParsedFrame frame = ParsedFrame.of(frame().ttl(1)
                .tos(0xb8)
                .identification(77)
                .udpChecksum(0)
                .ipOptions(new byte[] {1, 1, 1, 1})
                .build());

        assertEquals(1, frame.ttl());
        assertEquals(0xb8, frame.tos());
        assertEquals(77, frame.identification());
        assertEquals(0, frame.udpChecksum());
        assertEquals(24, frame.ipHeaderBytes());
        assertTrue(frame.ipChecksumValid());
        assertFalse(frame.udpChecksumValid());
    }

    @Test
    void shouldNoticeAWrongChecksum() {
        assertFalse(ParsedFrame.of(frame().udpChecksum(0x1234).build()).udpChecksumValid());
        assertFalse(ParsedFrame.of(frame().ipChecksum(0x1234).build()).ipChecksumValid());
    }

    @Test
    void shouldNotSeeUdpWhereThereIsNone() {
        assertFalse(ParsedFrame.of(frame().protocol(6).build()).isUdp());
        assertFalse(ParsedFrame.of(frame().fragment(8, false).build()).isUdp());
        assertFalse(ParsedFrame.of(frame().ihl(4).build()).isIpv4());
        assertFalse(ParsedFrame.of(frame().truncatedTo(40).build()).isUdp());
        assertFalse(ParsedFrame.of(frame().truncatedTo(30).build()).isIpv4());
        assertFalse(ParsedFrame.of(frame().etherType(0x86dd).build()).isIpv4());
    }

    @Test
    void shouldMarkFragments() {
        ParsedFrame frame = ParsedFrame.of(frame().fragment(1480, true).build());

        assertTrue(frame.moreFragments());
        assertEquals(1480, frame.fragmentOffsetBytes());
        assertFalse(ParsedFrame.of(frame().build()).moreFragments());
    }

    private static UdpFrame frame() {
        return UdpFrame.between(SOURCE, DESTINATION);
    }
}
