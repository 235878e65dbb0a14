package dev.udpfanout.loader.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One event a line: {@code LEVEL message key=value}, strings quoted and escaped, so that a message from outside cannot
 * forge a line; or JSON. A stack trace follows only at debug level. Time stamps are left to whoever keeps the log
 * ({@code kubectl logs --timestamps}, the journal), unless they are asked for; JSON always has them.
 */
final class EventLayout extends LayoutBase<ILoggingEvent> {
    private final ThrowableProxyConverter stackTrace = new ThrowableProxyConverter();
    private final RepeatedEvents repeated;
    private volatile LogFormat format = LogFormat.TEXT;
    private volatile boolean hasTimestamps;

    /** @param repeated the filter before it */
    EventLayout(RepeatedEvents repeated) {
        this.repeated = repeated;
    }

    @Override
    public void start() {
        stackTrace.start();
        super.start();
    }

    void setFormat(LogFormat chosen, boolean withTimestamps) {
        format = chosen;
        hasTimestamps = withTimestamps;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        long leftOut = repeated.takeLeftOut();
        String line = format == LogFormat.JSON
                ? JsonLine.of(event, event.getThrowableProxy() == null ? "" : stackTrace.convert(event))
                : text(event);
        return leftOut == 0 ? line : leftOut(event, leftOut) + line;
    }

    /** In a line of its own, before the next one. */
    private String leftOut(ILoggingEvent next, long count) {
        LoggingEvent note = new LoggingEvent();
        note.setLevel(Level.INFO);
        note.setLoggerName(EventLayout.class.getName());
        note.setInstant(next.getInstant());
        note.setMessage("the last line came again and was left out");
        note.addKeyValuePair(new KeyValuePair("times", count));
        return format == LogFormat.JSON ? JsonLine.of(note, "") : text(note);
    }

    private String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(120);
        if (hasTimestamps) {
            line.append(event.getInstant().truncatedTo(ChronoUnit.MILLIS)).append(' ');
        }
        line.append(event.getLevel()).append(' ');
        appendOnOneLine(line, event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                line.append(' ').append(pair.key).append('=');
                appendValue(line, pair.value);
            }
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(stackTrace.convert(event));
        }
        return line.toString();
    }

    private static void appendValue(StringBuilder line, Object value) {
        if (value instanceof Number || value instanceof Boolean) {
            line.append(value);
            return;
        }
        line.append('"');
        appendOnOneLine(line, String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\""));
        line.append('"');
    }

    private static void appendOnOneLine(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
    }
}
