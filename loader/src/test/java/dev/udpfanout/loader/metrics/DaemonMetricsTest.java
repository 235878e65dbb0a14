package dev.udpfanout.loader.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.status.FixedView;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class DaemonMetricsTest {
    private final FixedView view = new FixedView();
    private final DaemonMetrics metrics = new DaemonMetrics(view);

    private Set<String> lines() {
        return new String(metrics.page("").bytes(), StandardCharsets.UTF_8)
                .lines()
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "udp_fanout_packets_received_total{listener=\"syslog\",mode=\"tc_ebpf\"} 103.0",
                "udp_fanout_packets_forwarded_total{listener=\"syslog\",mode=\"tc_ebpf\"} 100.0",
                "udp_fanout_packets_dropped_total{listener=\"syslog\",mode=\"tc_ebpf\",reason=\"no_endpoints\"} 3.0",
                "udp_fanout_packets_dropped_total{listener=\"syslog\",mode=\"tc_ebpf\",reason=\"too_big\"} 0.0",
                "udp_fanout_bytes_received_total{listener=\"syslog\",mode=\"tc_ebpf\"} 12360.0",
                "udp_fanout_bytes_forwarded_total{listener=\"syslog\",mode=\"tc_ebpf\"} 12000.0",
                "udp_fanout_endpoint_packets_total{endpoint=\"10.42.0.11:5514\",listener=\"syslog\"} 60.0",
                "udp_fanout_endpoint_bytes_total{endpoint=\"10.42.0.11:5514\",listener=\"syslog\"} 6000.0",
                "udp_fanout_endpoints_active{listener=\"syslog\"} 1.0",
                "udp_fanout_endpoint_health{endpoint=\"10.42.0.12:5514\",listener=\"syslog\"} 0.0",
                "# HELP udp_fanout_downstream_active Deprecated: use udp_fanout_endpoints_active.",
                "udp_fanout_downstream_active{listener=\"syslog\"} 1.0",
                "udp_fanout_downstream_active{listener=\"netflow\"} 0.0",
                "udp_fanout_downstream_health{endpoint=\"10.42.0.11:5514\",listener=\"syslog\"} 1.0",
                "udp_fanout_downstream_health{endpoint=\"10.42.0.12:5514\",listener=\"syslog\"} 0.0",
                "udp_fanout_mode{listener=\"syslog\",mode=\"tc_ebpf\",reason=\"configured\"} 1.0",
                "udp_fanout_mode{listener=\"netflow\",mode=\"userspace\",reason=\"kernel_refused\"} 1.0",
                "udp_fanout_attached{listener=\"netflow\"} 0.0",
                "udp_fanout_published{listener=\"syslog\"} 0.0",
                "udp_fanout_published{listener=\"netflow\"} 1.0",
                "udp_fanout_flows_active{listener=\"netflow\",mode=\"userspace\"} 5.0",
                "udp_fanout_flows_opened_total{listener=\"netflow\",mode=\"userspace\"} 9.0",
                "udp_fanout_flows_closed_total{listener=\"netflow\",mode=\"userspace\",reason=\"evicted\"} 1.0",
                "udp_fanout_flows_closed_total{listener=\"netflow\",mode=\"userspace\",reason=\"expired\"} 3.0",
                "udp_fanout_reply_packets_forwarded_total{listener=\"netflow\",mode=\"userspace\"} 70.0",
                "udp_fanout_reply_bytes_forwarded_total{listener=\"netflow\",mode=\"userspace\"} 7000.0",
                "udp_fanout_reply_packets_dropped_total{listener=\"netflow\",mode=\"userspace\",reason=\"too_long\"} 2.0",
                "udp_fanout_kernel_flows 40.0",
                "udp_fanout_kernel_flows_max 65536.0",
                "udp_fanout_kernel_flows_expired_total 7.0",
                "udp_fanout_kernel_flows_evicted_total 2.0",
                "udp_fanout_kernel_flows_refused_total{reason=\"no_room\"} 3.0",
                "udp_fanout_kernel_flows_refused_total{reason=\"expected_elsewhere\"} 1.0",
                "udp_fanout_flows_opened_total{listener=\"syslog\",mode=\"tc_ebpf\"} 49.0",
                "udp_fanout_reply_packets_forwarded_total{listener=\"syslog\",mode=\"tc_ebpf\"} 90.0",
                "udp_fanout_reply_bytes_forwarded_total{listener=\"syslog\",mode=\"tc_ebpf\"} 9000.0",
                "udp_fanout_reply_packets_dropped_total{listener=\"syslog\",mode=\"tc_ebpf\",reason=\"fib_unreachable\"} 4.0",
                "udp_fanout_interface_attached{interface=\"eth0\",listener=\"syslog\"} 1.0",
                "udp_fanout_interface_attached{interface=\"eth1\",listener=\"syslog\"} 0.0",
                "udp_fanout_mirror_packets_forwarded_total{listener=\"syslog\"} 8.0",
                "udp_fanout_mirror_packets_dropped_total{listener=\"syslog\",reason=\"fib_blackhole\"} 1.0",
                "udp_fanout_mirror_endpoint_packets_total{endpoint=\"10.42.0.13:5514\",listener=\"syslog\"} 8.0",
                "udp_fanout_ports_closed 1.0",
                "udp_fanout_port_checks_total{result=\"refused\"} 5.0",
                "udp_fanout_mirror_endpoint_bytes_total{endpoint=\"10.42.0.13:5514\",listener=\"syslog\"} 800.0",
                "udp_fanout_mirror_health{endpoint=\"10.42.0.13:5514\",listener=\"syslog\"} 1.0",
                "udp_fanout_repairs_total{repair=\"program_reattached\"} 2.0",
                "udp_fanout_config_reloads_total{result=\"applied\"} 2.0",
                "udp_fanout_config_reloads_total{result=\"refused\"} 1.0",
                "udp_fanout_config_valid 0.0",
                "udp_fanout_health_probes_total{protocol=\"icmp\",result=\"timeout\"} 4.0",
                "udp_fanout_health_changes_total 5.0",
                "udp_fanout_health_down 1.0",
                "udp_fanout_kubernetes_watch_connected 0.0",
                "udp_fanout_kubernetes_watch_relists_total 3.0",
                "udp_fanout_kubernetes_watch_last_contact_age_seconds 1.5",
                "udp_fanout_ready 1.0",
                "udp_fanout_packet_processing_seconds_bucket{le=\"5.0E-7\"} 7",
                "udp_fanout_packet_processing_seconds_bucket{le=\"1.0E-6\"} 9",
                "udp_fanout_packet_processing_seconds_bucket{le=\"+Inf\"} 10",
                "udp_fanout_packet_processing_seconds_sum 6.0E-6",
                "# TYPE udp_fanout_endpoint_update_seconds histogram",
                "# TYPE udp_fanout_packets_received_total counter",
                "# TYPE jvm_threads_current gauge"
            })
    void shouldSay(String line) {
        Set<String> lines = lines();

        assertTrue(
                lines.contains(line),
                () -> line + " is not among\n" + lines.stream().sorted().collect(Collectors.joining("\n")));
    }

    @Test
    void shouldPassTheKernelsCountersOnAsTheyStand() {
        assertTrue(lines().contains("udp_fanout_packets_received_total{listener=\"syslog\",mode=\"tc_ebpf\"} 103.0"));
        view.received = 1_000_000_007;
        assertTrue(lines().contains(
                        "udp_fanout_packets_received_total{listener=\"syslog\",mode=\"tc_ebpf\"} 1.000000007E9"));
    }

    @Test
    void shouldCountEndpointUpdates() {
        metrics.endpointsUpdated(Duration.ofNanos(2_000_000));

        Set<String> lines = lines();
        assertTrue(lines.contains("udp_fanout_endpoint_update_seconds_bucket{le=\"0.001\"} 0"));
        assertTrue(lines.contains("udp_fanout_endpoint_update_seconds_bucket{le=\"0.0025\"} 1"));
        assertTrue(lines.contains("udp_fanout_endpoint_update_seconds_count 1"));
    }

    @Test
    void shouldSpeakTheFormatThatTheClientAsksFor() {
        MetricsPage openMetrics = metrics.page("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertTrue(openMetrics.contentType().startsWith("application/openmetrics-text"), openMetrics.contentType());
        assertTrue(new String(openMetrics.bytes(), StandardCharsets.UTF_8).endsWith("# EOF\n"));
        assertTrue(metrics.page("").contentType().startsWith("text/plain"));
        assertFalse(metrics.page("nonsense;;;").bytes().length == 0);
    }

    @Test
    void shouldNotFailWhenASeriesRepeats() {
        Families families = new Families();
        families.add(Metric.REPAIRS, 1, "route_added");
        families.add(Metric.REPAIRS, 2, "route_added");

        assertEquals(
                List.of(3.0),
                ((CounterSnapshot) families.snapshots().get(0))
                        .getDataPoints().stream().map(point -> point.getValue()).toList());
    }

    /** 4,096 annotated Services, which one namespace can make, would else be 220,000 series. */
    @Test
    void shouldLeaveOutListenersZerosWhereThereAreMoreThanAThousand() {
        assertEquals(3, series(SnapshotCollector.families(SnapshotCollector.LISTENERS_IN_FULL)));
        assertEquals(2, series(SnapshotCollector.families(SnapshotCollector.LISTENERS_IN_FULL + 1)));
    }

    /** What is left of two counters of a listener, of which one is zero, and a zero of the daemon. */
    private static int series(Families families) {
        families.add(Metric.PACKETS_DROPPED, 0, "syslog", "tc_ebpf", "too_big");
        families.add(Metric.PACKETS_DROPPED, 3, "syslog", "tc_ebpf", "no_endpoints");
        families.add(Metric.REPAIRS, 0, "route_added");
        return families.snapshots().stream()
                .mapToInt(family -> family.getDataPoints().size())
                .sum();
    }
}
