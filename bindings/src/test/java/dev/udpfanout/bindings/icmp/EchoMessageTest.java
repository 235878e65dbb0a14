package dev.udpfanout.bindings.icmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
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
        byte[] encoded = new EchoMessage(IcmpFamily.V4, false, 0x1234, 1, new byte[] {(byte) 0xab}).encoded();

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
        byte[] encoded = new EchoMessage(IcmpFamily.V4, isReply, identifier, sequence, payload).encoded();

        EchoMessage decoded =
                EchoMessage.decode(IcmpFamily.V4, ByteBuffer.wrap(encoded)).orElseThrow();
        assertEquals(isReply, decoded.isReply());
        assertEquals(identifier, decoded.identifier());
        assertEquals(sequence, decoded.sequence());
        assertArrayEquals(payload, decoded.payload());

        encoded[damagedBit / 8] ^= (byte) (1 << damagedBit % 8);
        assertTrue(EchoMessage.decode(IcmpFamily.V4, ByteBuffer.wrap(encoded)).isEmpty());
    }

    @Property
    void shouldNeverThrowWhateverArrives(@ForAll @Size(max = 100) byte[] bytes) {
        for (IcmpFamily family : IcmpFamily.values()) {
            EchoMessage.decode(family, ByteBuffer.wrap(bytes));
            EchoMessage.decodeHeader(family, ByteBuffer.wrap(bytes));
            EchoMessage.decode(family, EchoMessage.withoutIpHeader(ByteBuffer.wrap(bytes)));
        }
    }

    @Property
    void shouldReadBackWhatItWroteForIcmpv6AndLeaveTheChecksumToTheKernel(
            @ForAll boolean isReply,
            @ForAll @IntRange(max = 0xffff) int identifier,
            @ForAll @IntRange(max = 0xffff) int sequence,
            @ForAll @Size(max = 64) byte[] payload) {
        byte[] encoded = new EchoMessage(IcmpFamily.V6, isReply, identifier, sequence, payload).encoded();

        // RFC 4443, sections 4.1 and 4.2.
        assertEquals(isReply ? 129 : 128, Byte.toUnsignedInt(encoded[0]));
        assertArrayEquals(new byte[3], Arrays.copyOfRange(encoded, 1, 4));
        EchoMessage decoded =
                EchoMessage.decode(IcmpFamily.V6, ByteBuffer.wrap(encoded)).orElseThrow();
        assertEquals(isReply, decoded.isReply());
        assertEquals(identifier, decoded.identifier());
        assertEquals(sequence, decoded.sequence());
        assertArrayEquals(payload, decoded.payload());
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
