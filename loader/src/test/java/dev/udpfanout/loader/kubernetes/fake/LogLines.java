package dev.udpfanout.loader.kubernetes.fake;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What a class logs, while it is open: the message, and after it the keys with their values. */
public final class LogLines implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String pairs = event.getKeyValuePairs() == null
                    ? ""
                    : event.getKeyValuePairs().stream()
                            .map(pair -> " " + pair.key + "=" + pair.value)
                            .collect(Collectors.joining());
            lines.add(event.getFormattedMessage() + pairs);
        }
    };

    private LogLines(Logger logger) {
        this.logger = logger;
    }

    /** Listens to what a class logs from now on. */
    public static LogLines of(Class<?> source) {
        LogLines lines = new LogLines((Logger) LoggerFactory.getLogger(source));
        lines.appender.start();
        lines.logger.addAppender(lines.appender);
        return lines;
    }

    /** So far. */
    public List<String> all() {
        return List.copyOf(lines);
    }

    /** How many so far contain a text. */
    public long count(String text) {
        return lines.stream().filter(line -> line.contains(text)).count();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
