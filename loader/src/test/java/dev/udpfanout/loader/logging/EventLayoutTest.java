package dev.udpfanout.loader.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

@Tag("unit")
class EventLayoutTest {
    private static LoggingEvent event(String message, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent(
                "test", new LoggerContext().getLogger("test"), Level.INFO, message, null, new Object[0]);
        event.setKeyValuePairs(List.of(pairs));
        return event;
    }

    private static String line(String message, KeyValuePair... pairs) {
        LoggingEvent event = event(message, pairs);
        EventLayout layout = new EventLayout(new RepeatedEvents());
        layout.start();
        return layout.doLayout(event);
    }

    @Test
    void shouldQuoteStringsAndNotNumbersWhenWritingValues() {
        assertEquals(
                "INFO updated tc_ebpf downstream set listener_id=0 endpoints=3\n",
                line(
                        "updated tc_ebpf downstream set",
                        new KeyValuePair("listener_id", 0),
                        new KeyValuePair("endpoints", 3)));
        assertEquals(
                "INFO attached TC eBPF program to ingress interface=\"dummy0\"\n",
                line("attached TC eBPF program to ingress", new KeyValuePair("interface", "dummy0")));
        assertEquals("INFO published ready=true\n", line("published", new KeyValuePair("ready", true)));
    }

    @Test
    void shouldWriteAnObjectALineWhenJsonIsAskedFor() throws java.io.IOException {
        LoggingEvent event = event("no\nERROR forged", new KeyValuePair("n", 3), new KeyValuePair("name", "a\"b"));
        EventLayout layout = new EventLayout(new RepeatedEvents());
        layout.start();
        layout.setFormat(LogFormat.JSON, false);

        String line = layout.doLayout(event);

        assertEquals(1, line.lines().count());
        var json = new com.fasterxml.jackson.databind.ObjectMapper().readTree(line);
        assertEquals("no\nERROR forged", json.path("message").asText());
        assertEquals("INFO", json.path("level").asText());
        assertEquals(3, json.path("n").asInt());
        assertEquals("a\"b", json.path("name").asText());
        assertEquals(event.getInstant().toString(), json.path("time").asText());
    }

    @Test
    void shouldBeginWithTheTimeWhenItIsAskedFor() {
        EventLayout layout = new EventLayout(new RepeatedEvents());
        layout.start();
        layout.setFormat(LogFormat.TEXT, true);
        String line = layout.doLayout(event("ready"));
        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z INFO ready\n"), line);
    }

    @Test
    void shouldCountWhatComesAgainAndAgain() {
        RepeatedEvents repeated = new RepeatedEvents();
        EventLayout layout = new EventLayout(repeated);
        layout.start();
        StringBuilder log = new StringBuilder();
        long startMs = 1_000_000;
        for (int i = 0; i < 10; i++) {
            append(log, repeated, layout, "again", startMs + i);
        }
        append(log, repeated, layout, "again", startMs + 70_000);
        append(log, repeated, layout, "other", startMs + 70_001);

        assertEquals("""
                INFO again
                INFO again
                INFO again
                INFO the last line came again and was left out times=7
                INFO again
                INFO other
                """, log.toString());
    }

    private static void append(
            StringBuilder log, RepeatedEvents repeated, EventLayout layout, String message, long atMs) {
        LoggingEvent event = event(message);
        event.setInstant(java.time.Instant.ofEpochMilli(atMs));
        if (repeated.decide(event) != ch.qos.logback.core.spi.FilterReply.DENY) {
            log.append(layout.doLayout(event));
        }
    }

    @Test
    void shouldStayOnOneLineWhenTextFromOutsideHasLineBreaks() {
        assertEquals(
                "INFO no\\nERROR forged name=\"a\\\"b\\\\c\\nd\\u001b\"\n",
                line("no\nERROR forged", new KeyValuePair("name", "a\"b\\c\nd\u001b")));
    }
}
