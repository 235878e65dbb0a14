package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.metrics.Metric;
import dev.udpfanout.loader.status.FixedView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts and dashboard against the page that the daemon serves. */
@Tag("unit")
class MonitoringTest {
    private static final Path FOLDER = Manifests.ROOT.resolve("monitoring");
    private static final Pattern SERIES = Pattern.compile("^(\\w+)(?:\\{(.*)\\})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"|(\\w+)!=\"");
    private static final Pattern USE = Pattern.compile("\\b((?:udp_fanout|jvm)_\\w+)(?:\\{([^}]*)\\})?");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");

    /** Of every target: from Prometheus, and from podmonitor.yaml. */
    private static final Set<String> TARGET_LABELS = Set.of("job", "node");

    private static final Set<String> DEPRECATED = Arrays.stream(Metric.values())
            .flatMap(metric -> metric.deprecated().stream())
            .collect(Collectors.toSet());

    /** Every series that the page has, with its labels. */
    private static final Map<String, Set<String>> PAGE = page();

    private static Map<String, Set<String>> page() {
        DaemonMetrics metrics = new DaemonMetrics(new FixedView());
        Map<String, Set<String>> page = new HashMap<>();
        new String(metrics.page("").bytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
            Matcher series = SERIES.matcher(line);
            if (!line.startsWith("#") && series.matches()) {
                page.computeIfAbsent(series.group(1), absent -> new HashSet<>()).addAll(labels(series.group(2)));
            }
        });
        return page;
    }

    private static Set<String> labels(String text) {
        return text == null
                ? Set.of()
                : LABEL.matcher(text)
                        .results()
                        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                        .collect(Collectors.toSet());
    }

    static List<Monitoring.Rule> rules() throws IOException {
        return StrictYaml.as(
                        Monitoring.PrometheusRule.class,
                        StrictYaml.documents(FOLDER.resolve("prometheusrule.yaml"))
                                .getFirst())
                .spec()
                .groups()
                .stream()
                .flatMap(group -> group.rules().stream())
                .toList();
    }

    private static Monitoring.PodMonitor podMonitor() throws IOException {
        return StrictYaml.as(
                Monitoring.PodMonitor.class,
                StrictYaml.documents(FOLDER.resolve("podmonitor.yaml")).getFirst());
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("grafana-dashboard.json").toFile());
    }

    static List<String> dashboardQueries() throws IOException {
        List<String> queries = new ArrayList<>();
        dashboard().path("panels").findValues("expr").forEach(query -> queries.add(query.asText()));
        dashboard().path("templating").findValues("query").forEach(query -> queries.add(query.asText()));
        queries.remove("prometheus");
        return queries;
    }

    private static void check(String query) {
        Set<String> known = new HashSet<>(TARGET_LABELS);
        // A bucket's bound, which the quantile needs.
        known.add("le");
        Matcher use = USE.matcher(query);
        while (use.find()) {
            Set<String> labels = PAGE.get(use.group(1));
            assertTrue(labels != null, use.group(1) + " is not on the page");
            assertFalse(DEPRECATED.contains(use.group(1)), use.group(1) + " is deprecated");
            known.addAll(labels);
            for (String label : labels(use.group(2))) {
                assertTrue(labels.contains(label) || TARGET_LABELS.contains(label), use.group(1) + " has no " + label);
            }
        }
        BY.matcher(query)
                .results()
                .flatMap(by -> List.of(by.group(1).split(", ")).stream())
                .forEach(label -> assertTrue(known.contains(label), label));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void shouldAlertByWhatTheDaemonServes(Monitoring.Rule rule) {
        check(rule.expr());
        assertTrue(Set.of("critical", "warning").contains(rule.labels().get("severity")), rule.alert());
        assertEquals(Set.of("summary", "description"), rule.annotations().keySet());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void shouldSayOnlyLabelsThatTheAlertHas(Monitoring.Rule rule) {
        Set<String> labels = new HashSet<>(TARGET_LABELS);
        Matcher by = BY.matcher(rule.expr());
        if (by.find()) {
            labels = Set.of(by.group(1).split(", "));
        } else {
            Matcher use = USE.matcher(rule.expr());
            while (use.find()) {
                labels.addAll(PAGE.get(use.group(1)));
            }
        }
        for (String text : rule.annotations().values()) {
            Matcher said = Pattern.compile("\\$labels\\.(\\w+)").matcher(text);
            while (said.find()) {
                assertTrue(labels.contains(said.group(1)), rule.alert() + " has no label " + said.group(1));
            }
        }
    }

    @Test
    void shouldAlertOnWhatOperatorsMustKnow() throws IOException {
        Set<String> used = rules().stream()
                .flatMap(rule -> USE.matcher(rule.expr()).results().map(found -> found.group(1)))
                .collect(Collectors.toSet());

        assertTrue(used.containsAll(Set.of(
                "udp_fanout_packets_dropped_total",
                "udp_fanout_endpoints_active",
                "udp_fanout_mode",
                "udp_fanout_published",
                "udp_fanout_config_valid",
                "udp_fanout_kubernetes_watch_connected")));
    }

    @ParameterizedTest
    @MethodSource("dashboardQueries")
    void shouldDrawWhatTheDaemonServes(String query) {
        assertTrue(USE.matcher(query).find(), query);
        check(query);
    }

    @Test
    void shouldGiveEachPanelAPlaceOfItsOwn() throws IOException {
        Set<String> places = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            JsonNode place = panel.path("gridPos");
            assertTrue(places.add(place.path("x") + "," + place.path("y")), panel.path("title")::asText);
            assertTrue(ids.add(panel.path("id").asInt()));
            assertTrue(place.path("x").asInt() + place.path("w").asInt() <= 24);
            assertFalse(panel.path("targets").isEmpty());
        }
    }

    @Test
    void shouldScrapeTheDaemons() throws IOException, InvalidConfigException {
        Monitoring.PodMonitor monitor = podMonitor();
        Monitoring.PodMetricsEndpoint endpoint =
                monitor.spec().podMetricsEndpoints().getFirst();

        for (Variant variant : Variant.values()) {
            assertEquals(
                    variant.daemonSet().getMetadata().getNamespace(),
                    monitor.metadata().getNamespace());
            assertEquals(
                    variant.daemonSet().getSpec().getSelector(), monitor.spec().selector());
            assertEquals(variant.container().getPorts().getFirst().getName(), endpoint.port());
            assertEquals(variant.config().metrics().path(), endpoint.path());
        }
        assertEquals("node", endpoint.relabelings().getFirst().targetLabel());
        String job =
                monitor.metadata().getNamespace() + "/" + monitor.metadata().getName();
        String up = "up{job=\"" + job + "\"}";
        String expression = up + " == 0 or absent(" + up + ")";
        assertTrue(rules().stream().anyMatch(rule -> rule.expr().equals(expression)));
    }
}
