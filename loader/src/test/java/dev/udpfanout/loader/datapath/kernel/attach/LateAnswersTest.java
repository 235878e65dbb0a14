package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LateAnswersTest {
    private long now = Long.MAX_VALUE - 5;
    private final LateAnswers late = new LateAnswers(Duration.ofNanos(10), () -> now);

    @Test
    void shouldKeepAnInterfaceForAsLongAsItsLastEndpointMayAnswer() {
        assertEquals(Set.of(), late.awaited(Set.of(1, 2), Set.of(1, 2)));
        assertEquals(Set.of(2), late.awaited(Set.of(1, 2), Set.of(1)));
        now += 9;
        assertEquals(Set.of(2), late.awaited(Set.of(1, 2), Set.of(1)));
        now += 1;
        assertEquals(Set.of(), late.awaited(Set.of(1, 2), Set.of(1)));
    }

    @Test
    void shouldWaitAnewForAnInterfaceThatWasUsedAgain() {
        late.awaited(Set.of(2), Set.of());
        now += 9;
        late.awaited(Set.of(2), Set.of(2));
        now += 9;
        assertEquals(Set.of(2), late.awaited(Set.of(2), Set.of()));
    }

    @Test
    void shouldForgetAnInterfaceWithoutAProgram() {
        late.awaited(Set.of(2), Set.of());
        now += 9;
        assertEquals(Set.of(), late.awaited(Set.of(), Set.of()));
        now += 9;
        assertEquals(Set.of(2), late.awaited(Set.of(2), Set.of()));
    }
}
