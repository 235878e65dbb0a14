package dev.udpfanout.loader.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

@Tag("unit")
class EventLayoutTest {
    private static String line(String message, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent(
                "test", new LoggerContext().getLogger("test"), Level.INFO, message, null, new Object[0]);
        event.setKeyValuePairs(List.of(pairs));
        EventLayout layout = new EventLayout();
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
    void shouldStayOnOneLineWhenTextFromOutsideHasLineBreaks() {
        assertEquals(
                "INFO no\\nERROR forged name=\"a\\\"b\\\\c\\nd\\u001b\"\n",
                line("no\nERROR forged", new KeyValuePair("name", "a\"b\\c\nd\u001b")));
    }
}
