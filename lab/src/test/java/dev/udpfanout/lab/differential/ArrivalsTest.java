package dev.udpfanout.lab.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.traffic.Payload;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ArrivalsTest {
    private static final long RUN_ID = 0x1234_5678_9abcL;

    private final Arrivals arrivals = new Arrivals(RUN_ID);

    @Test
    void shouldHaveArrivedWhenAllCopiesHave() {
        byte[] payload = Payload.of(RUN_ID, 7, 200);
        Arrivals.Expected expected = arrivals.expect(payload, new Copies(2, 2, true));

        arrivals.add(payload, payload.length, false);
        arrivals.add(payload, payload.length, true);
        assertFalse(expected.await(Duration.ZERO));

        arrivals.add(payload, payload.length, false);
        assertTrue(expected.await(Duration.ZERO));
        assertEquals(0, expected.duplicates());

        arrivals.add(payload, payload.length, false);
        assertEquals(1, expected.duplicates());
    }

    @Test
    void shouldNotHaveArrivedWhenItWasChangedOnItsWay() {
        byte[] payload = Payload.of(RUN_ID, 7, 200);
        Arrivals.Expected expected = arrivals.expect(payload, Copies.ONE);

        payload[150] ^= 1;
        arrivals.add(payload, payload.length, false);
        assertFalse(expected.await(Duration.ZERO));
    }

    @Test
    void shouldMeanTheLastOfItsSizeWhenADatagramIsTooShortForANumber() {
        for (int bytes = 0; bytes <= 1; bytes++) {
            byte[] payload = Payload.of(RUN_ID, 7, bytes);
            arrivals.add(payload, bytes, false);
            Arrivals.Expected expected = arrivals.expect(payload, Copies.ONE);
            assertFalse(expected.await(Duration.ZERO));

            arrivals.add(payload, bytes, false);
            assertTrue(expected.await(Duration.ZERO));

            // It may be a copy of the one before.
            arrivals.add(payload, bytes, false);
            assertEquals(0, expected.duplicates());
        }
    }
}
