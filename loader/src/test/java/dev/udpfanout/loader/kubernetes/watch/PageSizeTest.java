package dev.udpfanout.loader.kubernetes.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PageSizeTest {
    private final PageSize page = new PageSize(200);

    @Test
    void shouldAskForFewAfterAListThatHasFailedAndForMoreAndMoreAfterwards() {
        WatchState state = WatchState.INITIAL;
        assertEquals(200, page.next(state));
        assertEquals(PageSize.LEAST, page.next(state), "the first list has failed");
        assertEquals(PageSize.LEAST, page.next(state));
        for (long expected : new long[] {20, 40, 80, 160, 200, 200}) {
            state = state.withList(Instant.EPOCH);
            assertEquals(expected, page.next(state));
        }
        assertEquals(PageSize.LEAST, page.next(state), "the last list has failed");
    }
}
