package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.drops.DropText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DropsOutputTest {
    private static final String HOSTILE = "sys\"lo\\g\u001b[2J";

    private final StringWriter written = new StringWriter();

    private DropsOutput output(boolean json) {
        return new DropsOutput(new PrintWriter(written), json, new WordWrap(0));
    }

    @Test
    void shouldNotLetANameMoveTheReadersCursor() {
        DropsOutput output = output(false);
        output.drop(new DropText(Instant.EPOCH, "userspace", "unreachable", HOSTILE, -1, "", "?", "?", "?", 1, 0, 0));
        output.counted(HOSTILE, 3);
        output.mode(HOSTILE, "userspace");
        assertEquals("""
                00:00:00.000 unreachable    sys"lo\\g?[2J userspace ? to ?
                counted: sys"lo\\g?[2J +3
                listener sys"lo\\g?[2J is served by userspace now
                """, written.toString());
    }

    @Test
    void shouldKeepANameAsItIsInJson() throws IOException {
        DropsOutput output = output(true);
        output.counted(HOSTILE, 3);
        output.mode(HOSTILE, "userspace");
        String[] lines = written.toString().split("\n");
        assertEquals(2, lines.length);
        assertEquals(
                HOSTILE, new ObjectMapper().readTree(lines[0]).path("counted").asText());
        assertEquals(3, new ObjectMapper().readTree(lines[0]).path("packets").asInt());
        assertEquals(
                HOSTILE, new ObjectMapper().readTree(lines[1]).path("listener").asText());
    }
}
