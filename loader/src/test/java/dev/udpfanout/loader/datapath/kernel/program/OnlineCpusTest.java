package dev.udpfanout.loader.datapath.kernel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class OnlineCpusTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|1", "0-1|2", "0-3,6|5", "0,2,4-127|126", "7|1"})
    void shouldCountRangesAndSingleNumbers(String list, int count) {
        assertEquals(count, OnlineCpus.count(list));
    }
}
