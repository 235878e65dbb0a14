package dev.udpfanout.bench.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OpenFilesTest {
    private static final String TITLE =
            "Limit                     Soft Limit           Hard Limit           Units     ";

    @Test
    void shouldTakeTenThousandFlowsWhereTheHardLimitAllowsIt() {
        assertEquals(10_000, OpenFiles.flows(limits("1024                 1048576")));
        assertEquals(10_000, OpenFiles.flows(limits("1024                 unlimited")));
    }

    @Test
    void shouldTakeTheThousandsThatHalfOfSevenEighthsLeave() {
        assertEquals(8000, OpenFiles.flows(limits("20000                20000")));
        assertEquals(1000, OpenFiles.flows(limits("1024                 1024")));
    }

    private static List<String> limits(String softAndHard) {
        return List.of(TITLE, "Max open files            " + softAndHard + "                files     ");
    }
}
