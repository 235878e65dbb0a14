package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.bindings.terminal.TerminalSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows the status again and again. On a terminal one picture is drawn over the other, line by line, so that nothing
 * flickers and nothing scrolls; its size is asked for each time. Elsewhere there is a line for each listener.
 */
public final class StatusWatch {
    private static final int STANDARD_OUTPUT = 1;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** ECMA-48, and DEC's private modes 25 (cursor) and 1049 (another screen, so that the shell's stays as it was). */
    private static final String BEGIN = "\033[?1049h\033[?25l";

    private static final String END = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_REST_OF_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private final StatusSource source;
    private final PrintWriter out;
    private final Duration interval;
    private final Supplier<Optional<TerminalSize>> terminal;
    private final boolean colours;
    private final StatusRates rates = new StatusRates();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param interval between two readings */
    public StatusWatch(StatusSource source, PrintWriter out, Duration interval) {
        // https://no-color.org: whatever it is set to, unless that is nothing.
        this(
                source,
                out,
                interval,
                () -> TerminalSize.of(STANDARD_OUTPUT),
                Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty());
    }

    StatusWatch(
            StatusSource source,
            PrintWriter out,
            Duration interval,
            Supplier<Optional<TerminalSize>> terminal,
            boolean colours) {
        this.source = source;
        this.out = out;
        this.interval = interval;
        this.terminal = terminal;
        this.colours = colours;
    }

    /**
     * Goes on until SIGINT or SIGTERM.
     *
     * @param pictures how many to show; 0 for no end
     * @return whether the last of them was from a daemon
     */
    public boolean run(long pictures) {
        boolean isTerminal = terminal.get().isPresent();
        Thread restore = Thread.ofPlatform().name("restore-terminal").unstarted(() -> {
            stopped.countDown();
            if (isTerminal) {
                print(END);
            }
        });
        Runtime.getRuntime().addShutdownHook(restore);
        if (isTerminal) {
            print(BEGIN);
        }
        boolean isFromDaemon = true;
        try {
            for (long shown = 0; pictures == 0 || shown < pictures; shown++) {
                if (shown > 0 && stopped.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                    break;
                }
                isFromDaemon = show(isTerminal);
                if (out.checkError()) {
                    // Whoever read this is gone.
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return isFromDaemon;
    }

    /** Seconds in each line, also those that are 0. */
    static String clock(LocalTime time) {
        return time.format(CLOCK);
    }

    private boolean show(boolean isTerminal) {
        String clock = clock(LocalTime.now());
        try {
            StatusSource.Reading reading = source.read();
            rates.add(reading.page(), System.nanoTime());
            if (isTerminal) {
                draw(StatusScreen.draw(
                        reading.page(), rates, clock, terminal.get().orElse(new TerminalSize(0, 0)), colours));
            } else {
                reading.page().path("listeners").forEach(listener -> line(clock, listener, reading.isFromDaemon()));
            }
            return reading.isFromDaemon();
        } catch (IOException e) {
            if (isTerminal) {
                draw(List.of("udp-fanout: " + e.getMessage() + "  " + clock));
            } else {
                print(clock + " " + e.getMessage() + System.lineSeparator());
            }
            return false;
        }
    }

    private void draw(List<String> lines) {
        print(HOME + String.join(CLEAR_REST_OF_LINE + "\r\n", lines) + CLEAR_REST_OF_LINE + CLEAR_BELOW);
    }

    private void line(String clock, JsonNode listener, boolean isFromDaemon) {
        String name = listener.path("name").asText();
        long active = 0;
        for (JsonNode endpoint : listener.path("endpoints")) {
            active += endpoint.path("active").asBoolean() ? 1 : 0;
        }
        print(
                "%s listener=%s attached=%s received_per_second=%s forwarded_per_second=%s dropped_per_second=%s endpoints=%d%s%n"
                        .formatted(
                                clock,
                                name,
                                listener.path("attached").asBoolean(),
                                rates.perSecond(name, "packets_received"),
                                rates.perSecond(name, "packets_forwarded"),
                                rates.perSecond(name, "dropped"),
                                active
                                        + listener.path("endpoints_omitted")
                                                .path("active")
                                                .asLong(),
                                isFromDaemon ? "" : " daemon=no"));
    }

    private void print(String text) {
        synchronized (out) {
            out.print(text);
            out.flush();
        }
    }
}
