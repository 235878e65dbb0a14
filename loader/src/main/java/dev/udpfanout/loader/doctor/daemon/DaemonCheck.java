package dev.udpfanout.loader.doctor.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import java.util.ArrayList;
import java.util.List;

/** Whether a daemon is at work on this node, which version, and whether its page can be read. Pure. */
public final class DaemonCheck {
    private static final String CHECK = "daemon";

    private DaemonCheck() {}

    /**
     * @param version of the program that asks
     * @param isAttached whether programs of an earlier daemon's are on the hooks of all listeners
     */
    public static List<Diagnosis> of(DaemonStatus daemon, String version, boolean isAttached) {
        if (!daemon.isRunning()) {
            return List.of(absent(daemon, isAttached));
        }
        if (daemon.page().isEmpty()) {
            return List.of(
                    Diagnosis.ok(CHECK, "udp-fanout runs on this node"),
                    daemon.place().isEmpty()
                            ? Diagnosis.notChecked(
                                    "metrics_port",
                                    "metrics.enabled is false, so the daemon does not say how it is",
                                    "set metrics.enabled: true")
                            : Diagnosis.problem(
                                    "metrics_port",
                                    "the daemon does not answer on " + daemon.place() + ": " + daemon.failure(),
                                    "metrics, probes and udp-fanout status do not work",
                                    "look at the daemon's log for metrics.bind; another program may have the port: ss -ltnp"));
        }
        return running(daemon.page().get(), daemon.place(), version);
    }

    private static Diagnosis absent(DaemonStatus daemon, boolean isAttached) {
        String finding = "no udp-fanout runs on this node"
                + (daemon.place().isEmpty() ? "" : " (" + daemon.place() + ": " + daemon.failure() + ")");
        String mend = "kubectl -n udp-fanout get pods -o wide; kubectl -n udp-fanout logs POD --previous";
        return isAttached
                ? Diagnosis.warning(
                        CHECK,
                        finding + "; what an earlier one has attached forwards datagrams",
                        "nobody follows receivers that come and go, or repairs what others take away; the Service has no"
                                + " endpoint of this node",
                        mend)
                : Diagnosis.problem(CHECK, finding, "nobody attaches programs or follows receivers", mend);
    }

    private static List<Diagnosis> running(JsonNode page, String place, String version) {
        List<Diagnosis> found = new ArrayList<>();
        String running = page.path("version").asText();
        found.add(
                running.equals(version)
                        ? Diagnosis.ok(CHECK, "udp-fanout " + running + " runs on this node and answers on " + place)
                        : Diagnosis.warning(
                                CHECK,
                                "udp-fanout " + running + " runs on this node, and this is version " + version,
                                "this version may not know what the other one does",
                                "run doctor of the daemon's own image: kubectl -n udp-fanout exec POD -- udp-fanout doctor"));
        page.path("threads").path("failing").forEach(thread -> found.add(thread(thread.asText())));
        page.path("threads").path("dead").forEach(thread -> found.add(thread(thread.asText())));
        found.add(config(page.path("config")));
        return found;
    }

    private static Diagnosis thread(String name) {
        return Diagnosis.problem(
                "threads",
                "the daemon's thread " + name + " fails",
                "what it follows is not followed",
                "look at the daemon's log; kubectl -n udp-fanout delete pod POD starts it again");
    }

    private static Diagnosis config(JsonNode config) {
        if (config.path("valid").asBoolean(true)) {
            return Diagnosis.ok("config", config.path("file").asText() + " is in force");
        }
        List<String> problems = new ArrayList<>();
        config.path("problems").forEach(problem -> problems.add(problem.asText()));
        return Diagnosis.problem(
                "config",
                config.path("file").asText() + " is not in force: " + String.join("; ", problems),
                "the configuration from before it stays in force",
                "correct the file; the daemon reads it again by itself");
    }
}
