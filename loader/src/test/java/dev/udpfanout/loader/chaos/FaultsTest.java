package dev.udpfanout.loader.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A run can be repeated: the seed alone decides what happens when. */
@Tag("unit")
class FaultsTest {
    private static final List<Fault> ALL = Faults.possible(true, true);

    private static List<String> drawn(long seed, int count) {
        Faults faults = new Faults(ALL, seed);
        List<String> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Faults.Drawn next = faults.next();
            drawn.add(next.fault().name() + " " + next.random().nextLong());
        }
        return drawn;
    }

    @Test
    void shouldDrawTheSameWhenTheSeedIsTheSame() {
        assertEquals(drawn(7, 3 * ALL.size()), drawn(7, 3 * ALL.size()));
        assertNotEquals(drawn(7, ALL.size()), drawn(8, ALL.size()));
    }

    @Test
    void shouldDrawEachFaultOnceWhenARoundIsOver() {
        Faults faults = new Faults(ALL, 7);
        List<Fault> round = new ArrayList<>();
        ALL.forEach(fault -> round.add(faults.next().fault()));
        assertEquals(new HashSet<>(ALL), new HashSet<>(round));
    }
}
