package dev.udpfanout.lab.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LabProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Test
    void shouldPassOnLinesAsTheyCome() {
        try (LabProcess process = shell("echo one; echo two >&2; echo name=$NAME; exec sleep 60")) {
            assertEquals("name=x", process.awaitLine("name=", LIMIT));
            assertEquals(List.of("one", "two", "name=x"), heard);
            assertTrue(process.isAlive());
        }
    }

    @Test
    void shouldSayWhatWasPrintedWhenTheLineDoesNotCome() {
        try (LabProcess process = shell("echo cannot do it; exit 3")) {
            IllegalStateException failure =
                    assertThrows(IllegalStateException.class, () -> process.awaitLine("ready", LIMIT));

            assertTrue(failure.getMessage().contains("cannot do it"), failure.getMessage());
            assertEquals(3, process.awaitExit(LIMIT));
        }
    }

    @Test
    void shouldKillWhatDoesNotEndWhenAsked() {
        LabProcess process = shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done");
        process.awaitLine("deaf", LIMIT);

        assertEquals(137, process.stop(Duration.ofMillis(50)));
        assertFalse(process.isAlive());
    }

    @Test
    void shouldPassOverEarlierLinesWhenTold() {
        try (LabProcess process =
                shell("trap 'echo ready again; exit 0' USR1; echo ready; while :; do sleep 0.02; done")) {
            process.awaitLine("ready", LIMIT);
            int before = process.lines().size();
            process.signal("USR1");

            assertEquals("ready again", process.awaitLine("ready", before, LIMIT));
        }
    }

    @Test
    void shouldGiveUpOnACommandThatTakesTooLong() {
        CommandFailedException failure = assertThrows(
                CommandFailedException.class, () -> Command.run(List.of("sleep", "60"), "", Duration.ofMillis(50)));

        assertEquals("sleep 60: not done after 50 ms", failure.getMessage());
    }

    @Test
    void shouldFeedInputAndReturnOutput() {
        assertEquals("abc", Command.run(List.of("cat"), "abc", LIMIT));
    }

    @Test
    void shouldSayThatAProgramIsMissing() {
        CommandFailedException failure =
                assertThrows(CommandFailedException.class, () -> Command.run(List.of("no-such-program")));

        assertEquals(CommandFailedException.NO_EXIT_CODE, failure.exitCode());
    }

    private LabProcess shell(String script) {
        return LabProcess.start(List.of("sh", "-c", script), Map.of("NAME", "x"), heard::add);
    }
}
