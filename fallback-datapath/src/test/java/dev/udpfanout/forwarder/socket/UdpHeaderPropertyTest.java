package dev.udpfanout.forwarder.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The checksum against RFC 768 read aloud: 16-bit words of the pseudo header, the header and the padded payload. */
@Tag("unit")
class UdpHeaderPropertyTest {
    @Property
    void checksumIsTheOnesComplementSumOfSixteenBitWords(
            @ForAll int source,
            @ForAll int destination,
            @ForAll @IntRange(max = 65_535) int sourcePort,
            @ForAll @IntRange(max = 65_535) int destinationPort,
            @ForAll @Size(max = 300) byte[] payload) {
        byte[] header = new byte[UdpHeader.BYTES];
        MemorySegment segment = MemorySegment.ofArray(header);
        UdpHeader.write(segment, 0, sourcePort, destinationPort, payload.length);
        UdpHeader.writeIpv4Checksum(segment, 0, source, destination, MemorySegment.ofArray(payload), 0, payload.length);
        int expected = naive(source, destination, sourcePort, destinationPort, payload);
        assertEquals(expected, Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(UdpHeader.CHECKSUM_OFFSET)));
    }

    private static int naive(int source, int destination, int sourcePort, int destinationPort, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(20)
                .putInt(source)
                .putInt(destination)
                .putShort((short) 17)
                .putShort((short) (8 + payload.length))
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (8 + payload.length))
                .array());
        bytes.writeBytes(payload);
        if (payload.length % 2 == 1) {
            bytes.write(0);
        }
        ByteBuffer words = ByteBuffer.wrap(bytes.toByteArray());
        int sum = 0;
        while (words.hasRemaining()) {
            sum += Short.toUnsignedInt(words.getShort());
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        int checksum = ~sum & 0xffff;
        return checksum == 0 ? 0xffff : checksum;
    }
}
