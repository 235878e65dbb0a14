package dev.udpfanout.loader.cli.status;

import static dev.udpfanout.loader.cli.terminal.Printable.printable;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** The page {@code /status} in words. Fields that an older or newer daemon does not have are left out. */
public final class StatusText {
    private final StringBuilder text = new StringBuilder();

    private final Instant now;

    /** @param now what ages are counted to */
    public StatusText(JsonNode status, Instant now) {
        this.now = now;
        if (status.has("daemon")) {
            pinned(status);
            return;
        }
        line(
                "udp-fanout %s, up %s: %s",
                string(status, "version"),
                Ages.uptime(string(status, "started_at"), now),
                status.path("ready").asBoolean() ? "ready" : "NOT READY: " + string(status, "not_ready_reason"));
        config(status.path("config"));
        health(status.path("health"));
        kubernetes(status.path("kubernetes"));
        flows(status.path("flows"));
        threads(status.path("threads"));
        String repairs = RepairsText.of(status);
        line("repairs: %s", repairs.isEmpty() ? "none" : repairs);
        status.path("firewall").forEach(this::firewall);
        listeners(status);
    }

    /** There is no daemon to speak for itself. */
    private void pinned(JsonNode status) {
        line("udp-fanout: the daemon %s", string(status, "daemon"));
        boolean forwards = status.path("listeners").valueStream().anyMatch(each -> each.path("attached")
                .asBoolean());
        line(
                "  %s",
                string(status, "daemon").startsWith(StatusSource.RUNS)
                        ? "what follows is pinned in the kernel; listeners in user space, health and rates are not"
                        : forwards
                                ? "its program in the kernel goes on with the endpoints below; nobody probes or changes them"
                                : "no program of its is attached, so no datagram is forwarded");
        listeners(status);
    }

    private void listeners(JsonNode status) {
        ServicesText services = new ServicesText(status);
        services.summary().forEach(text -> line("%s", text));
        for (JsonNode listener : services.listeners()) {
            services.heading(listener).ifPresent(text -> line("\n%s", text));
            listener(listener);
        }
    }

    private void config(JsonNode config) {
        line(
                "config: %s, %s, in force since %s, %d reload(s) applied, %d refused",
                string(config, "file"),
                config.path("valid").asBoolean() ? "valid" : "NOT IN FORCE (the previous one is)",
                Ages.seconds(string(config, "applied_at")),
                config.path("reloads_applied").asLong(),
                config.path("reloads_refused").asLong());
        config.path("problems").forEach(problem -> line("  %s", printable(problem.asText())));
    }

    private void health(JsonNode health) {
        if (health.isMissingNode()) {
            line("health: not probed");
            return;
        }
        line(
                "health: by %s, %d endpoint(s), %d down; probes: %s",
                string(health, "protocol"),
                health.path("targets").asLong(),
                health.path("down").asLong(),
                counts(health.path("results")));
    }

    private void firewall(JsonNode chain) {
        String problem = string(chain, "problem");
        line(
                "firewall: %s %s: %s",
                string(chain, "backend"),
                string(chain, "chain"),
                problem.isEmpty()
                        ? "%d rule(s) of ours, %d packet(s) let through"
                                .formatted(
                                        chain.path("rules").asLong(),
                                        chain.path("packets_accepted").asLong())
                        : "DROPS: " + problem);
    }

    /** Nothing unless there is something to say. */
    private void threads(JsonNode threads) {
        String restarts = counts(threads.path("restarts"));
        if (!restarts.isEmpty()) {
            line("threads started again: %s", restarts);
        }
        threads.path("dead").forEach(dead -> line("  DEAD: %s", printable(dead.asText())));
    }

    private void kubernetes(JsonNode watch) {
        if (!watch.isMissingNode()) {
            line(
                    "kubernetes: %s, %d event(s), %d relist(s), %d failure(s)",
                    watch.path("connected").asBoolean() ? "connected" : "NOT CONNECTED (last known endpoints in use)",
                    watch.path("events").asLong(),
                    watch.path("relists").asLong(),
                    watch.path("failures").asLong());
            if (watch.has("last_error")) {
                line("  %s", string(watch, "last_error"));
            }
            String leftOut = counts(watch.path("endpoints_left_out"));
            if (!leftOut.isEmpty()) {
                line("  endpoints LEFT OUT: %s; the daemon's log says which", leftOut);
            }
        }
    }

    private void flows(JsonNode flows) {
        if (!flows.isMissingNode()) {
            line(
                    "flows: %d of at most %d, %d expired, %d evicted, %d without room, %d expected elsewhere",
                    flows.path("present").asLong(),
                    flows.path("max").asLong(),
                    flows.path("expired").asLong(),
                    flows.path("evicted").asLong(),
                    flows.path("without_room").asLong(),
                    flows.path("expected_elsewhere").asLong());
        }
    }

    private void listener(JsonNode listener) {
        line("");
        line(
                "listener %s: %s on %s, %s (%s), %s",
                string(listener, "name"),
                string(listener, "bind"),
                InterfacesText.of(listener),
                string(listener, "mode"),
                string(listener, "mode_reason"),
                listener.path("attached").asBoolean() ? "attached " + string(listener, "attachment") : "NOT ATTACHED");
        if (listener.has("spreads")) {
            line("  spreads    %s", string(listener, "spreads"));
        }
        if (!listener.path("published").asBoolean(true)) {
            line("  NOT PUBLISHED to Kubernetes; the daemon's log says why");
        }
        if (listener.has("published_address")) {
            line("  published  %s", string(listener, "published_address"));
        }
        if (listener.has("vips")) {
            line("  vips       %s", list(listener.path("vips")));
        }
        traffic(listener, "received");
        traffic(listener, "forwarded");
        String dropped = counts(listener.path("packets_dropped"));
        line("  dropped    %s", dropped.isEmpty() ? "none" : dropped);
        if (listener.has("reply_packets_forwarded")) {
            line(
                    "  replied    %d packets, %d bytes",
                    listener.path("reply_packets_forwarded").asLong(),
                    listener.path("reply_bytes_forwarded").asLong());
            String lost = counts(listener.path("reply_packets_dropped"));
            line("  not replied %s", lost.isEmpty() ? "none" : lost);
        }
        if (!listener.path("ways").isEmpty()) {
            line("  ways       %s", WaysText.ways(listener.path("ways")));
        }
        WaysText.podWays(listener.path("pod_ways")).forEach(text -> line("  pods       %s", text));
        if (listener.path("ways_kept").asText().startsWith("by client")) {
            line("  ways kept  %s", listener.path("ways_kept").asText());
        }
        if (listener.path("by_ipsec").asBoolean()) {
            line("  IPsec      a policy is for an endpoint: the kernel's stack sends the datagrams on");
        }
        NetflowText.lines(listener.path("netflow"), now).forEach(text -> line("  %s", text));
        endpoints(listener, "ENDPOINT");
        mirror(listener.path("mirror"));
    }

    private void mirror(JsonNode mirror) {
        if (mirror.isMissingNode()) {
            return;
        }
        String dropped = counts(mirror.path("packets_dropped"));
        line(
                "  copies     of one datagram in %d: %d packets sent, %s dropped",
                mirror.path("sample").asLong(),
                mirror.path("packets_forwarded").asLong(),
                dropped.isEmpty() ? "none" : dropped);
        endpoints(mirror, "MIRROR");
    }

    private void endpoints(JsonNode set, String heading) {
        EndpointRows rows = new EndpointRows(set.path("endpoints"), heading);
        line("%s", rows.heading());
        for (int index = 0; index < set.path("endpoints").size(); index++) {
            line("%s", rows.endpoint(index));
            whyOut(set.path("endpoints").get(index));
        }
        JsonNode omitted = set.path("endpoints_omitted");
        if (!omitted.isMissingNode()) {
            line(
                    "  and %d more: %d used, %d down, %d packets, %d bytes",
                    omitted.path("known").asLong(),
                    omitted.path("active").asLong(),
                    omitted.path("down").asLong(),
                    omitted.path("packets").asLong(),
                    omitted.path("bytes").asLong());
        }
    }

    /** Of an endpoint that is up, a failure of before is of no interest. */
    private void whyOut(JsonNode endpoint) {
        if (endpoint.has("port_closed_since")) {
            line(
                    "    port unreachable, %s ago: nobody listens there",
                    Ages.age(string(endpoint, "port_closed_since"), now));
        }
        if (endpoint.has("last_probe_error") && !string(endpoint, "health").equals("up")) {
            line(
                    "    last probe failed %s ago: %s",
                    Ages.age(string(endpoint, "last_probe_error_at"), now), string(endpoint, "last_probe_error"));
        }
    }

    private static String list(JsonNode texts) {
        return texts.isEmpty()
                ? "none"
                : texts.valueStream().map(each -> printable(each.asText())).collect(Collectors.joining(", "));
    }

    private void traffic(JsonNode listener, String direction) {
        line(
                "  %-10s %d packets, %d bytes",
                direction,
                listener.path("packets_" + direction).asLong(),
                listener.path("bytes_" + direction).asLong());
    }

    /** Those that are not 0, as {@code name 3, other 5}. */
    private static String counts(JsonNode counts) {
        return counts.properties().stream()
                .filter(count -> count.getValue().asLong() != 0)
                .map((Map.Entry<String, JsonNode> count) ->
                        printable(count.getKey()) + " " + count.getValue().asLong())
                .collect(Collectors.joining(", "));
    }

    static String string(JsonNode node, String field) {
        return printable(node.path(field).asText("?"));
    }

    /** An endpoint without a name of its own has its address for one, which stands in the line already. */
    static String ownName(JsonNode endpoint) {
        String name = string(endpoint, "name");
        return name.equals(string(endpoint, "address")) ? "" : name;
    }

    private void line(String format, Object... arguments) {
        text.append(format.formatted(arguments).stripTrailing()).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
