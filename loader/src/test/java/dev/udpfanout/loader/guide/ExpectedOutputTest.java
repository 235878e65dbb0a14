package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ExpectedOutputTest {
    @ParameterizedTest
    @CsvSource({
        "a b, 'a   b ', true",
        "a b, ab, false",
        "a, 'a\nb', false",
        "'a\n…', 'a\nb\nc', true",
        "'a\n…', 'b\na', false",
        "'…\nb\n…', 'a\nb', true",
        "'…\nb\n…', 'a\nc', false",
        "'', '', true",
        "'', a, false",
        "id <id>, id 12, true",
        "id <id>, id 1 2, false",
        "'id <words…> end', 'id 1 2 end', true",
        "'<A,…UP> x', '<A,B,UP> x', true",
        "'<A,…UP> x', '<A,B> x', false",
        "n <about 100>, n 102, true",
        "n <about 100>, n 98.0, true",
        "n <about 100>, n 103, false",
        "n <about 100>, n 1e2, false",
        "a.c, abc, false",
    })
    void shouldTellWhatWasMeantFromWhatWasNot(String expected, String output, boolean matches) {
        assertEquals(matches, new ExpectedOutput(expected, 2).matches(output));
    }
}
