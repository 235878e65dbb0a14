package dev.udpfanout.bench.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HopTimesTest {
    @Test
    void shouldSplitTheWayAtTheHooksThatWerePassed() {
        HopTimes.Split twice = HopTimes.split(List.of(List.of(new HopTimes(1000, 3000, 3600, 5300))));
        assertEquals(new HopTimes.Split(2, 0.6, 1.7, 4.3, List.of(4.3)), twice);
        HopTimes.Split once = HopTimes.split(List.of(List.of(new HopTimes(1000, 3000, 0, 4700))));
        assertEquals(new HopTimes.Split(2, 0, 1.7, 3.7, List.of(3.7)), once);
        HopTimes.Split straight = HopTimes.split(List.of(List.of(new HopTimes(1000, 0, 0, 2700))));
        assertEquals(new HopTimes.Split(0, 0, 1.7, 1.7, List.of(1.7)), straight);
    }

    @Test
    void shouldTakeMediansOverTheDatagrams() {
        HopTimes.Split split = HopTimes.split(List.of(
                List.of(new HopTimes(10, 0, 0, 1010), new HopTimes(20, 0, 0, 2020), new HopTimes(30, 0, 0, 90_030)),
                List.of(),
                List.of(new HopTimes(10, 0, 0, 1010), new HopTimes(30, 0, 0, 90_030))));
        assertEquals(2, split.total());
        assertEquals(List.of(2.0, 45.5), split.totalByRound(), "a round in which nothing was seen has no median");
    }
}
