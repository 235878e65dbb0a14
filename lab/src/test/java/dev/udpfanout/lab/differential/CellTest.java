package dev.udpfanout.lab.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.traffic.PathMtuDiscovery;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class CellTest {
    private static final Count ALL = new Count(12, 12, 0, 0, 0, 0);

    @Test
    void shouldBeNoWorseWhenBothDeliverAll() {
        assertFalse(cell(ALL, ALL).isWorse());
    }

    @Test
    void shouldBeWorseWhenADatagramIsLostThatKubeProxyDelivers() {
        assertTrue(cell(ALL, new Count(12, 11, 0, 0, 1, 0)).isWorse());
    }

    @Test
    void shouldBeWorseWhenTheLoadWasGivenUpAfterALargerPartWasLost() {
        assertTrue(
                cell(new Count(12, 9, 0, 0, 3, 0), new Count(12, 0, 0, 0, 3, 0)).isWorse());
        assertFalse(cell(new Count(12, 0, 0, 0, 12, 0), new Count(12, 0, 0, 0, 3, 0))
                .isWorse());
    }

    @Test
    void shouldBeWorseWhenNothingWasSent() {
        assertTrue(cell(ALL, Count.NONE).isWorse());
    }

    @Test
    void shouldAllowOneLossMoreWhenAPathMtuIsLearnt() {
        assertFalse(cell(ALL, new Count(12, 11, 1, 0, 0, 0)).isWorse());
        assertTrue(cell(ALL, new Count(12, 10, 2, 0, 0, 0)).isWorse());
        assertFalse(cell(ALL, new Count(12, 0, 1, 11, 0, 0)).isWorse());
    }

    @Test
    void shouldBeWorseWhenADatagramArrivesTwice() {
        assertTrue(cell(ALL, new Count(12, 12, 0, 0, 0, 1)).isWorse());
    }

    @Test
    void shouldSumUpAllCellsOfASenderByAWayInWhenTheyAreShownAsARow() {
        Row row = Row.of(List.of(cell(ALL, ALL), cell(ALL, new Count(12, 0, 0, 0, 3, 0))))
                .getFirst();

        assertEquals(24, row.alone().delivered());
        assertEquals(12, row.fanOut().delivered());
        assertEquals(3, row.fanOut().lost());
        assertEquals(2, row.cells());
        assertEquals(1, row.worse());
    }

    static Cell cell(Count alone, Count fanOut) {
        return new Cell(
                "vxlan",
                Origin.CLIENT,
                Way.NIC,
                Spread.ROUND_ROBIN,
                new Load(1_472, PathMtuDiscovery.WANT),
                alone,
                fanOut);
    }
}
