package dev.udpfanout.traffic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

@Tag("unit")
class PayloadTest {
    @Property
    void shouldRecogniseWhatWasSent(
            @ForAll long runId, @ForAll long sequence, @ForAll @IntRange(min = 8, max = Payload.MAX_BYTES) int size) {
        byte[] payload = Payload.of(runId, sequence, size);

        assertEquals(PayloadCheck.INTACT, Payload.check(payload, size, runId));
        assertEquals(sequence, Payload.sequence(payload));
    }

    @Property
    void shouldNoticeOneFlippedBitBehindTheHeader(
            @ForAll long runId,
            @ForAll long sequence,
            @ForAll @IntRange(min = Payload.HEADER_BYTES, max = Payload.MAX_BYTES - 1) int at,
            @ForAll @IntRange(max = 7) int bit) {
        byte[] payload = Payload.of(runId, sequence, Payload.MAX_BYTES);
        payload[at] ^= (byte) (1 << bit);

        assertEquals(PayloadCheck.CORRUPT, Payload.check(payload, payload.length, runId));
    }

    @Property
    void shouldNoticeACutPayload(@ForAll long runId, @ForAll @IntRange(min = 24, max = Payload.MAX_BYTES) int size) {
        byte[] payload = Payload.of(runId, 7, size);

        assertEquals(PayloadCheck.CORRUPT, Payload.check(payload, size - 1, runId));
    }

    @Property
    void shouldCallAnotherRunsPayloadForeign(@ForAll long runId, @ForAll @IntRange(min = 16, max = 100) int size) {
        assertEquals(PayloadCheck.FOREIGN, Payload.check(Payload.of(runId, 1, size), size, runId + 1));
    }

    @Property
    void shouldCarryAsMuchOfTheHeaderAsFits(@ForAll long runId, @ForAll @IntRange(max = 16) int size) {
        byte[] whole = Payload.of(runId, 0x0102030405060708L, Payload.HEADER_BYTES);

        assertArrayEquals(Arrays.copyOf(whole, size), Payload.of(runId, 0x0102030405060708L, size));
    }
}
