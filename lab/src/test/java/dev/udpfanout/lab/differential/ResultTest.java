package dev.udpfanout.lab.differential;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ResultTest {
    private static final Count MANY = new Count(999_999, 999_999, 999_999, 0, 999_999, 0);
    private static final Count ALL = new Count(12, 12, 0, 0, 0, 0);

    @Test
    void shouldFitATerminalOf100ColumnsWhenNumbersAreLarge() {
        String table = result(CellTest.cell(MANY, MANY)).text(false);

        assertTrue(table.contains("vxlan, from a client outside\n  nic "), table);
        assertTrue(table.lines().allMatch(line -> line.length() <= 100), table);
    }

    @Test
    void shouldPassWhenNoCellIsWorse() {
        assertTrue(result(CellTest.cell(ALL, ALL)).isKept());
        assertTrue(result(CellTest.cell(ALL, ALL)).text(false).contains("PASS: 1 cells, 0 worse"));
    }

    @Test
    void shouldFailAndNameTheCellWhenOneIsWorse() {
        Result result = result(CellTest.cell(ALL, new Count(12, 0, 0, 0, 3, 0)));

        assertFalse(result.isKept());
        assertTrue(
                result.text(false).contains("WORSE vxlan, from a client outside, nic, round_robin, 1472 bytes"),
                result.text(false));
    }

    @Test
    void shouldFailWhenThereIsNothingToCompareOrANetworkFailed() {
        assertFalse(result().isKept());
        assertFalse(new Result(
                        List.of(CellTest.cell(ALL, ALL)), List.of(), List.of("flat: no daemon"), Duration.ofSeconds(1))
                .isKept());
    }

    private static Result result(Cell... cells) {
        return new Result(List.of(cells), List.of(), List.of(), Duration.ofSeconds(1));
    }
}
