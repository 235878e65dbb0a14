package dev.udpfanout.loader.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

@Tag("unit")
class SequenceWindowPropertyTest {
    @Property
    void shouldCountAsASetOfAllNumbersWouldWithinTheWindow(
            @ForAll @Size(max = 200) List<@LongRange(min = 0, max = SequenceWindow.WINDOW - 1) Long> numbers,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long offset) {
        SequenceWindow window = new SequenceWindow();
        Set<Long> model = new HashSet<>();
        long duplicated = 0;
        long reordered = 0;
        long highest = -1;
        for (long number : numbers) {
            window.add(offset + number);
            if (!model.add(number)) {
                duplicated++;
            } else if (number < highest) {
                reordered++;
            }
            highest = Math.max(highest, number);
        }

        assertEquals(duplicated, window.duplicated());
        assertEquals(reordered, window.reordered());
        assertEquals(0, window.late());
        long missing = model.isEmpty() ? 0 : highest - Collections.min(model) + 1 - model.size();
        assertEquals(missing, window.missing());
    }

    @Property(tries = 20)
    void shouldFindWhatIsLostInALongRun(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int lostPercent) {
        RandomGenerator random = new SplittableRandom(seed);
        SequenceWindow window = new SequenceWindow();
        List<Long> sent = new ArrayList<>();
        int total = 4 * SequenceWindow.WINDOW;
        for (long number = 0; number < total; number++) {
            boolean isEnd = number == 0 || number == total - 1;
            if (isEnd || random.nextInt(100) >= lostPercent) {
                sent.add(number);
            }
        }
        sent.forEach(window::add);

        assertEquals(total - sent.size(), window.missing());
        assertEquals(0, window.reordered() + window.duplicated() + window.late());
    }

    @Example
    void shouldCountAsLateWhatIsBehindTheWindowOrNoNumber() {
        SequenceWindow window = new SequenceWindow();
        window.add(-1);
        window.add(0);
        window.add(Long.MAX_VALUE);
        window.add(0);
        window.add(Long.MIN_VALUE);

        assertEquals(3, window.late());
        assertEquals(0, window.duplicated());
    }
}
