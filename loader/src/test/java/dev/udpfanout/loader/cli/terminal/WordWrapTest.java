package dev.udpfanout.loader.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class WordWrapTest {
    private static String wrapped(int columns, int indent, String words) {
        StringBuilder text = new StringBuilder();
        new WordWrap(columns).append(text, "so: ", indent, words);
        return text.toString();
    }

    @Test
    void shouldGoOnInTheNextLineAtAWord() {
        assertEquals("so: one two three four\n    five\n", wrapped(24, 4, "one two three four five"));
    }

    @Test
    void shouldLeaveAWordWholeThatIsLongerThanALine() {
        String address = "[2001:db8:1:0:ffff:ffff:ffff:fffe]:50280";
        assertEquals("so: to\n    " + address + "\n    now\n", wrapped(24, 4, "to " + address + " now"));
    }

    @Test
    void shouldLeaveLinesAsTheyAreWhereThereIsNoTerminal() {
        assertEquals("so: " + "word ".repeat(99) + "word\n", wrapped(0, 4, "word ".repeat(99) + "word"));
    }

    @Test
    void shouldMoveWhatGoesOnFurtherInThanItsLine() {
        assertEquals(
                "  ways       cni0 MTU 1500 (1\n      endpoint(s))\nflows: 40\n",
                new WordWrap(30).lines("  ways       cni0 MTU 1500 (1 endpoint(s))\nflows: 40\n"));
    }
}
