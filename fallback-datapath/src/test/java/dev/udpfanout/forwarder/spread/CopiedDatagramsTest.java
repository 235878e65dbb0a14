package dev.udpfanout.forwarder.spread;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class CopiedDatagramsTest {
    private static final long HASH = 0x0123_4567_89ab_cdefL;

    private final CopiedDatagrams copied = new CopiedDatagrams();

    CopiedDatagramsTest() {
        copied.open();
    }

    private boolean isReturn(long hash, int ttl, long atMs) {
        return copied.isReturnElseNote(hash, ttl, TimeUnit.MILLISECONDS.toNanos(atMs));
    }

    /** A moment, also where the 20 bits of the time wrap, and where nanoTime is negative. */
    @ParameterizedTest
    @ValueSource(longs = {0, 5_000, (1 << 20) - 500, -700})
    void shouldKnowWhatComesBackWithASmallerTtlWithinTwoSeconds(long atMs) {
        assertFalse(isReturn(HASH, 64, atMs));
        assertTrue(isReturn(HASH, 62, atMs + 1));
        assertTrue(isReturn(HASH, 60, atMs + 1_999));
        assertFalse(isReturn(HASH, 62, atMs + 2_000), "by then it is another one");
    }

    @Test
    void shouldTakeARepetitionWithTheSameTtlForAnotherDatagram() {
        for (int i = 0; i < 10; i++) {
            assertFalse(isReturn(HASH, 64, i));
        }
        assertFalse(isReturn(HASH, 65, 10), "nothing comes back with more hops left");
    }

    @Test
    void shouldTellDatagramsApartWhoseHashesDifferOnlyInTheUpperHalf() {
        assertFalse(isReturn(HASH, 64, 0));
        assertFalse(isReturn(HASH ^ 1L << 60, 62, 1), "it has the same place");
        assertFalse(isReturn(HASH, 62, 2), "which the other one has taken");
    }

    @Test
    void shouldNoteADatagramWhoseHashAndTtlAndTimeAreZero() {
        assertFalse(isReturn(0, 0, 0));
        assertFalse(isReturn(0, 0, 0));
        assertFalse(isReturn(0, 1, 0));
        assertTrue(isReturn(0, 0, 1));
    }

    private boolean isReturnFrom(int endpoint, long atMs) {
        return copied.isReturnFromEndpointElseNote(HASH, endpoint, TimeUnit.MILLISECONDS.toNanos(atMs));
    }

    @Test
    void shouldKnowWithoutATtlWhatComesBackFromAnEndpointWithinTwoSeconds() {
        assertFalse(isReturnFrom(CopiedDatagrams.NO_ENDPOINT, 0));
        assertTrue(isReturnFrom(255, 1));
        assertTrue(isReturnFrom(1, 1_999));
        assertFalse(isReturnFrom(1, 2_000), "by then it is another one");
        assertTrue(isReturnFrom(2, 2_001), "three nodes, each with both others: it comes from each");
    }

    @Test
    void shouldCopyEachTimeWithoutATtlWhatOneSenderRepeatsAndWhatTwoClientsSend() {
        assertFalse(isReturnFrom(CopiedDatagrams.NO_ENDPOINT, 0));
        assertFalse(isReturnFrom(CopiedDatagrams.NO_ENDPOINT, 1), "the client's repetition, or another client's");
        assertFalse(isReturnFrom(7, 2_001));
        assertFalse(isReturnFrom(7, 2_002), "an endpoint that sends by itself");
        assertFalse(isReturnFrom(CopiedDatagrams.NO_ENDPOINT, 2_003));
    }
}
