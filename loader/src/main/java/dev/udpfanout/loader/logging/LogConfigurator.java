package dev.udpfanout.loader.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Sets Logback up in code, which is faster at start than reading a file: events to standard error, from info on. */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    /** At trace it logs each entry and each system call of io_uring, in the way of the datagrams. */
    private static final String NETTY = "io.netty";

    private static final String KUBERNETES_CLIENT = "io.fabric8.kubernetes.client";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        RepeatedEvents repeated = new RepeatedEvents();
        repeated.setContext(context);
        repeated.start();
        EventLayout layout = new EventLayout(repeated);
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.addFilter(repeated);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        // It logs every failed attempt with a stack trace; what of that matters is told by those who call it.
        context.getLogger(KUBERNETES_CLIENT).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Changes what lines look like. */
    public static void setFormat(LogFormat format, boolean withTimestamps) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.iteratorForAppenders().forEachRemaining(appender -> {
                if (appender instanceof ConsoleAppender<ILoggingEvent> console
                        && console.getEncoder() instanceof LayoutWrappingEncoder<ILoggingEvent> encoder
                        && encoder.getLayout() instanceof EventLayout layout) {
                    layout.setFormat(format, withTimestamps);
                }
            });
        }
    }

    /**
     * Goes to the next level that tells more, and from the one that tells most back to the first.
     *
     * @param first where the process began
     * @return the level from now on
     */
    public static LogLevel nextLevel(LogLevel first) {
        LogLevel[] levels = LogLevel.values();
        LogLevel now = LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root
                ? LogLevel.valueOf(root.getLevel().toString())
                : first;
        LogLevel next = now == LogLevel.TRACE ? first : levels[now.ordinal() + 1];
        setLevel(next);
        return next;
    }

    /** Changes from which level on events are logged. */
    public static void setLevel(LogLevel level) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.toLevel(level.name()));
            boolean detailed = root.isDebugEnabled();
            root.getLoggerContext().getLogger(KUBERNETES_CLIENT).setLevel(detailed ? null : Level.OFF);
            root.getLoggerContext().getLogger(NETTY).setLevel(root.isTraceEnabled() ? Level.DEBUG : null);
        }
    }
}
