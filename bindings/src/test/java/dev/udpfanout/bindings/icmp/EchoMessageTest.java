package dev.udpfanout.bindings.icmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

@Tag("unit")
@org.junit.jupiter.api.Tag("unit")
class EchoMessageTest {
    @Test
    void shouldWriteTheChecksumOfRfc1071() {
        byte[] encoded = new EchoMessage(false, 0x1234, 1, new byte[] {(byte) 0xab}).encoded();

        // 0800 + 1234 + 0001 + ab00 = c535; its complement is 3aca.
        assertArrayEquals(new byte[] {8, 0, 0x3a, (byte) 0xca, 0x12, 0x34, 0, 1, (byte) 0xab}, encoded);
    }

    @Property
    void shouldReadBackWhatItWroteAndNoticeDamage(
            @ForAll boolean isReply,
            @ForAll @IntRange(max = 0xffff) int identifier,
            @ForAll @IntRange(max = 0xffff) int sequence,
            @ForAll @Size(max = 64) byte[] payload,
            @ForAll @IntRange(max = 63) int damagedBit) {
        byte[] encoded = new EchoMessage(isReply, identifier, sequence, payload).encoded();

        EchoMessage decoded = EchoMessage.decode(ByteBuffer.wrap(encoded)).orElseThrow();
        assertEquals(isReply, decoded.isReply());
        assertEquals(identifier, decoded.identifier());
        assertEquals(sequence, decoded.sequence());
        assertArrayEquals(payload, decoded.payload());

        encoded[damagedBit / 8] ^= (byte) (1 << damagedBit % 8);
        assertTrue(EchoMessage.decode(ByteBuffer.wrap(encoded)).isEmpty());
    }

    @Property
    void shouldNeverThrowWhateverArrives(@ForAll @Size(max = 100) byte[] bytes) {
        EchoMessage.decode(ByteBuffer.wrap(bytes));
        EchoMessage.decodeHeader(ByteBuffer.wrap(bytes));
        EchoMessage.decode(EchoMessage.withoutIpHeader(ByteBuffer.wrap(bytes)));
    }

    @Test
    void shouldStepOverAnIpHeaderWithOptions() {
        byte[] packet = new byte[24 + 3];
        packet[0] = 0x46;
        packet[24] = 7;

        ByteBuffer rest = EchoMessage.withoutIpHeader(ByteBuffer.wrap(packet));

        assertEquals(3, rest.remaining());
        assertEquals(7, rest.get());
        assertFalse(EchoMessage.withoutIpHeader(ByteBuffer.wrap(packet, 0, 22)).hasRemaining());
    }
}
