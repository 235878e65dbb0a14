package dev.udpfanout.loader.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.status.FixedView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The catalogue of metrics, the page that is served and the page of the manual are the same, both ways. */
@Tag("unit")
class MetricCatalogueTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
    private static final Pattern SERIES =
            Pattern.compile("(udp_fanout_\\w+?)(?:_bucket|_sum|_count)?(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final Pattern ROW = Pattern.compile("\\| `(udp_fanout_\\w+)` \\| (.*) \\| (.*) \\|");
    private static final Pattern DEPRECATED = Pattern.compile("\\| `(udp_fanout_\\w+)` \\| `(udp_fanout_\\w+)` \\|");

    /** Names on a page with every part of the daemon at work, with their labels. */
    private static Map<String, Set<String>> page() {
        DaemonMetrics metrics = new DaemonMetrics(new FixedView());
        metrics.endpointsUpdated(Duration.ofMillis(1));
        Map<String, Set<String>> page = new TreeMap<>();
        new String(metrics.page("").bytes(), StandardCharsets.UTF_8)
                .lines()
                .map(SERIES::matcher)
                .filter(Matcher::matches)
                .forEach(series -> page.computeIfAbsent(series.group(1), name -> new TreeSet<>())
                        .addAll(labels(series.group(2))));
        return page;
    }

    private static Set<String> labels(String text) {
        return text == null
                ? Set.of()
                : LABEL.matcher(text)
                        .results()
                        .map(label -> label.group(1))
                        .filter(label -> !label.equals("le"))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldServeEveryMetricWithItsLabels(Metric metric) {
        Map<String, Set<String>> page = page();
        assertEquals(new TreeSet<>(metric.labels()), page.get(metric.exposedName()), metric::exposedName);
        metric.deprecated().ifPresent(name -> assertEquals(new TreeSet<>(metric.labels()), page.get(name), name));
    }

    @Test
    void shouldServeNothingThatTheCatalogueLacks() {
        Set<String> known = Arrays.stream(Metric.values())
                .flatMap(metric -> metric.deprecated().isPresent()
                        ? Set.of(metric.exposedName(), metric.deprecated().get()).stream()
                        : Set.of(metric.exposedName()).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, page().keySet());
    }

    @Test
    void shouldHaveEveryMetricInTheManualAndNoOther() throws IOException {
        Map<String, String> inCode = new TreeMap<>();
        Map<String, String> deprecated = new TreeMap<>();
        for (Metric metric : Metric.values()) {
            String labels =
                    metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
            inCode.put(metric.exposedName(), (labels.isEmpty() ? "–" : labels) + " | " + metric.help());
            metric.deprecated().ifPresent(name -> deprecated.put(name, metric.exposedName()));
        }
        Map<String, String> inManual = new TreeMap<>();
        Map<String, String> deprecatedInManual = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            Matcher old = DEPRECATED.matcher(line);
            if (row.matches()) {
                inManual.put(row.group(1), row.group(2) + " | " + row.group(3));
            } else if (old.matches()) {
                deprecatedInManual.put(old.group(1), old.group(2));
            }
        }
        assertEquals(inCode, inManual);
        assertEquals(deprecated, deprecatedInManual);
    }

    @Test
    void shouldRefuseValuesThatDoNotFitTheMetric() {
        Families families = new Families();
        assertThrows(IllegalArgumentException.class, () -> families.add(Metric.READY, 1));
        assertThrows(IllegalArgumentException.class, () -> families.set(Metric.REPAIRS, 1, "route_added"));
        assertThrows(IllegalArgumentException.class, () -> families.add(Metric.REPAIRS, 1));
        assertTrue(families.snapshots().stream().findAny().isEmpty());
    }
}
