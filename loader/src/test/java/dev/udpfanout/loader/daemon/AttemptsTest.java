package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.udpfanout.loader.datapath.Failures;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged of steps that fail: which, why, and each reason once. */
@Tag("unit")
class AttemptsTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(Attempts.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Attempts attempts = new Attempts(failures::incrementAndGet);

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(lines);
    }

    private static Runnable failing(String reason) {
        return () -> {
            throw new IllegalStateException(reason);
        };
    }

    private List<String> errors() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == ch.qos.logback.classic.Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void shouldNameTheStepThatFailed() {
        assertFalse(attempts.attempt("reload the configuration", failing("no room")));

        assertEquals(List.of("failed to reload the configuration, will retry: no room"), errors());
        assertEquals(1, failures.get());
    }

    @Test
    void shouldSurviveAnErrorOfAStep() {
        assertFalse(attempts.attempt("apply the VIPs", () -> {
            throw new NoClassDefFoundError("some/Class");
        }));

        assertEquals(
                List.of("failed to apply the VIPs, will retry: java.lang.NoClassDefFoundError: some/Class"), errors());
        assertEquals(1, failures.get());
    }

    @Test
    void shouldLogEachReasonOfAStepOnceWhenAnotherStepFailsInBetween() {
        attempts.attempt("apply the VIPs", failing("a"));
        attempts.attempt("repair the datapath", failing("b"));
        attempts.attempt("apply the VIPs", failing("a"));
        attempts.attempt("repair the datapath", failing("b"));

        assertEquals(
                List.of("failed to apply the VIPs, will retry: a", "failed to repair the datapath, will retry: b"),
                errors());
        assertEquals(4, failures.get());
    }

    @Test
    void shouldLogAReasonThatChangesAndOneThatReturnsAfterASuccess() {
        attempts.attempt("apply the VIPs", failing("a"));
        attempts.attempt("apply the VIPs", failing("b"));
        assertTrue(attempts.attempt("apply the VIPs", () -> {}));
        attempts.attempt("apply the VIPs", failing("b"));

        assertEquals(
                List.of(
                        "failed to apply the VIPs, will retry: a",
                        "failed to apply the VIPs, will retry: b",
                        "failed to apply the VIPs, will retry: b"),
                errors());
    }

    @Test
    void shouldLogEveryReasonOfAStepOfSeveralParts() {
        attempts.attempt("repair the datapath", () -> {
            Failures parts = new Failures();
            parts.collect(failing("no route"));
            parts.collect(failing("no program"));
            parts.throwIfAny();
        });

        assertEquals(List.of("failed to repair the datapath, will retry: no route; no program"), errors());
    }
}
