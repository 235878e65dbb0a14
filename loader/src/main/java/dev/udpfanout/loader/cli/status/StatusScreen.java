package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.bindings.terminal.TerminalSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The status as lines that fit a terminal of 80 columns; where it has more, names have more room. What is amiss stands
 * first and in capitals, so that nothing is lost without colours.
 */
final class StatusScreen {
    private static final int NARROW = 80;
    private static final int MOST_COLUMNS = 200;
    /** Figures stand no further than this from the names that they belong to. */
    private static final int MOST_COLUMNS_OF_TABLE = 110;

    private static final int LEAST_COLUMNS_OF_ADDRESS = 24;
    /** What stands around an endpoint's address, without its name. */
    private static final int COLUMNS_OF_RATES = 45;

    private static final String BOLD = "\033[1m";
    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[0m";

    private final List<String> lines = new ArrayList<>();
    private final StatusRates rates;
    private final int columns;
    private final int table;
    private final boolean colours;

    private StatusScreen(StatusRates rates, int columns, boolean colours) {
        this.rates = rates;
        this.columns = columns;
        this.table = Math.min(columns, MOST_COLUMNS_OF_TABLE);
        this.colours = colours;
    }

    /**
     * Draws a page.
     *
     * @param clock the time of day, for the first line
     * @return no more lines than the terminal has, none longer than it is wide
     */
    static List<String> draw(JsonNode status, StatusRates rates, String clock, TerminalSize size, boolean colours) {
        int columns = size.columns() == 0 ? NARROW : Math.min(size.columns(), MOST_COLUMNS);
        StatusScreen screen = new StatusScreen(rates, columns, colours);
        screen.head(status, clock);
        ServicesText services = new ServicesText(status);
        for (JsonNode listener : services.listeners()) {
            services.heading(listener).ifPresent(text -> {
                screen.add("", "");
                screen.add(BOLD, text);
            });
            screen.listener(listener);
        }
        return screen.cut(size.rows());
    }

    private void head(JsonNode status, String clock) {
        boolean runs = !status.has("daemon");
        boolean ready = status.path("ready").asBoolean();
        String state = !runs
                ? "NO DAEMON"
                : ready
                        ? "ready"
                        : "NOT READY: " + status.path("not_ready_reason").asText();
        String title = ("udp-fanout " + status.path("version").asText("")).strip();
        int room = columns - title.length() - clock.length() - 2;
        add(runs && ready ? BOLD : BOLD + RED, title + "  " + left(state, room) + clock);
        if (!runs) {
            add(RED, "the daemon " + status.path("daemon").asText());
        }
        if (!status.path("config").path("valid").asBoolean(true)) {
            add(
                    RED,
                    "the configuration file is NOT IN FORCE: "
                            + status.path("config").path("problems").path(0).asText());
        }
        JsonNode kubernetes = status.path("kubernetes");
        if (!kubernetes.path("connected").asBoolean(true)) {
            add(
                    RED,
                    "Kubernetes is NOT CONNECTED: "
                            + kubernetes.path("last_error").asText("not yet"));
        }
        new ServicesText(status).amiss().forEach(text -> add(RED, text));
        for (JsonNode chain : status.path("firewall")) {
            if (!chain.path("problem").asText().isEmpty()) {
                add(
                        RED,
                        "firewall " + chain.path("chain").asText() + " DROPS: "
                                + chain.path("problem").asText());
            }
        }
    }

    private void listener(JsonNode listener) {
        String name = listener.path("name").asText();
        add("", "");
        add(
                BOLD,
                left(name, table - 52)
                        + right("IN/S", 11)
                        + right("OUT/S", 11)
                        + right("DROP/S", 9)
                        + right("MBIT/S", 10)
                        + right("USED", 11));
        long active = 0;
        long known = 0;
        for (JsonNode endpoint : listener.path("endpoints")) {
            known++;
            active += endpoint.path("active").asBoolean() ? 1 : 0;
        }
        JsonNode omitted = listener.path("endpoints_omitted");
        active += omitted.path("active").asLong();
        known += omitted.path("known").asLong();
        add(
                active == 0 ? RED : "",
                left("  " + listener.path("bind").asText(), table - 52)
                        + right(rates.perSecond(name, "packets_received"), 11)
                        + right(rates.perSecond(name, "packets_forwarded"), 11)
                        + right(rates.perSecond(name, "dropped"), 9)
                        + right(rates.megabitsPerSecond(name, "bytes_received"), 10)
                        + right(active + "/" + known, 11));
        state(listener);
        drops(listener.path("packets_dropped"));
        int addressColumns = addressColumns(listener.path("endpoints"));
        listener.path("endpoints").forEach(endpoint -> endpoint(name, endpoint, addressColumns));
        if (!omitted.isMissingNode()) {
            add("", "    and " + omitted.path("known").asLong() + " more endpoints");
        }
    }

    private void state(JsonNode listener) {
        String on = InterfacesText.of(listener);
        boolean attached = listener.path("attached").asBoolean();
        String how = attached ? "attached " + listener.path("attachment").asText() : "NOT ATTACHED";
        add(
                attached ? "" : RED,
                "  on " + on + ", " + listener.path("mode").asText() + " ("
                        + listener.path("mode_reason").asText() + "), " + how);
        if (listener.has("spreads")) {
            add("", "  spreads " + listener.path("spreads").asText());
        }
    }

    private void drops(JsonNode dropped) {
        StringBuilder text = new StringBuilder();
        dropped.properties().stream()
                .filter(each -> each.getValue().asLong() > 0)
                .sorted((a, b) ->
                        Long.compare(b.getValue().asLong(), a.getValue().asLong()))
                .forEach(each -> text.append(text.isEmpty() ? "  dropped so far: " : ", ")
                        .append(each.getKey())
                        .append(' ')
                        .append(each.getValue().asLong()));
        if (!text.isEmpty()) {
            add("", text.toString());
        }
    }

    /** As much as the longest address needs; where there is no room, names go before addresses are cut. */
    private int addressColumns(JsonNode endpoints) {
        int longest = endpoints
                .valueStream()
                .mapToInt(endpoint -> endpoint.path("address").asText().length() + 1)
                .max()
                .orElse(0);
        int room = Math.max(LEAST_COLUMNS_OF_ADDRESS, columns - COLUMNS_OF_RATES);
        return Math.clamp(longest, LEAST_COLUMNS_OF_ADDRESS, room);
    }

    private void endpoint(String listener, JsonNode endpoint, int addressColumns) {
        String address = endpoint.path("address").asText();
        String health = endpoint.path("health").asText();
        boolean isClosed = endpoint.has("port_closed_since");
        boolean isDown = health.equals("down") || isClosed;
        String name = StatusText.ownName(endpoint);
        add(
                isDown ? RED : "",
                "    " + left(address, addressColumns) + left(isDown ? "DOWN" : health, 8)
                        + left(endpoint.path("active").asBoolean() ? "used" : "-", 5)
                        + right(rates.perSecond(listener, address), 9) + "/s  "
                        + (isDown
                                ? (isClosed
                                                ? "port unreachable"
                                                : endpoint.path("last_probe_error")
                                                        .asText()) + "  " + name
                                : right(rates.megabitsPerSecond(listener, StatusRates.bytesOf(address)), 6)
                                        + " Mbit/s  " + name));
    }

    private void add(String style, String text) {
        String cut = clip(text.replaceAll("\\p{Cntrl}", "?"), columns).stripTrailing();
        lines.add(colours && !style.isEmpty() ? style + cut + PLAIN : cut);
    }

    /** The last line says what there is no room for. */
    private List<String> cut(int rows) {
        if (rows <= 1 || lines.size() < rows) {
            return lines;
        }
        List<String> shown = new ArrayList<>(lines.subList(0, rows - 2));
        shown.add(clip("… %d more lines".formatted(lines.size() - shown.size()), columns));
        return shown;
    }

    private static String clip(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }

    private static String left(String text, int width) {
        return String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s", clip(text, Math.max(1, width - 1)));
    }

    private static String right(String text, int width) {
        return String.format(Locale.ROOT, "%" + width + "s", text);
    }
}
