package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.NetflowCounters;
import dev.udpfanout.loader.datapath.PodWayState;
import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** A daemon of two listeners that shows what a test tells it to. */
public final class FixedView implements DaemonView {
    public static final EndpointStatus UP = new EndpointStatus(
            "pod-a",
            new InetSocketAddress("10.42.0.11", 5514),
            HealthState.UP,
            true,
            new EndpointStats(60, 6_000),
            Optional.empty(),
            Optional.empty());
    public static final EndpointStatus DOWN = new EndpointStatus(
            "pod-b",
            new InetSocketAddress("10.42.0.12", 5514),
            HealthState.DOWN,
            false,
            new EndpointStats(40, 4_000),
            Optional.empty(),
            Optional.of(new ProbeError("no answer in time", Instant.parse("2026-01-02T03:05:00Z"))));

    public static final EndpointStatus COPIED = new EndpointStatus(
            "probe",
            new InetSocketAddress("10.42.0.13", 5514),
            HealthState.UP,
            true,
            new EndpointStats(8, 800),
            Optional.empty(),
            Optional.empty());

    public volatile Duration sinceLastTurn = Duration.ofSeconds(1);
    public volatile Readiness readiness = Readiness.READY;
    public volatile long received = 103;

    @Override
    public Duration sinceLastTurn() {
        return sinceLastTurn;
    }

    public volatile ThreadsStatus threads = new ThreadsStatus(Map.of("watch", 2L, "publish", 0L), List.of(), List.of());

    @Override
    public ThreadsStatus threads() {
        return threads;
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public StatusSnapshot snapshot() {
        return new StatusSnapshot(
                "1.2.3",
                Instant.parse("2026-01-02T03:04:05Z"),
                readiness,
                List.of(syslog(), netflow()),
                Optional.of(new WatchStatus(
                        false,
                        true,
                        12,
                        3,
                        1,
                        Map.of("bad_port", 4L),
                        Optional.of("failed to get Service logging/syslog: the server hangs up"),
                        Optional.of(Duration.ofMillis(1500)))),
                Optional.of(new ServicesStatus(
                        SERVICES_WATCHES,
                        2,
                        Map.of("web/dns", "the Service has no UDP port"),
                        List.of(new ServiceInterface("eth0", "vips", "default route", "tcx", "")))),
                new ConfigStatus(
                        "/etc/udp-fanout/config.yaml",
                        false,
                        Instant.parse("2026-01-02T03:04:06Z"),
                        2,
                        1,
                        List.of("config.yaml:7: listeners[0].bind: port 70000 is not in 1..65535")),
                Optional.of(new ProbingStatus("icmp", 2, 1, Map.of("success", 9L, "timeout", 4L), 5)),
                new PortsStatus(1, Map.of("refused", 5L, "timeout", 3L, "not_sent", 1L)),
                threads,
                Map.of("program_reattached", 2L),
                Map.of("program_reattached", Duration.ofMillis(260)),
                List.of(
                        new FirewallState("nftables", "forward", "ip filter FORWARD", 1, 20, ""),
                        new FirewallState(
                                "nftables", "forward", "inet owned forward", 0, 0, "Operation not permitted")),
                Map.of("syslog", 3L),
                Optional.of(new DurationHistogram(List.of(500L, 1000L), List.of(7L, 2L, 1L), 6_000L)),
                Optional.of(new FlowCounters(40, 65_536, 7, 2, 3, 1)),
                Optional.of(new EarlyFragments(30, 40, 5)),
                Optional.of(new IcmpErrors(9, 1)),
                Optional.of(Duration.ofSeconds(597)));
    }

    private static final WatchStatus SERVICES_WATCHES =
            new WatchStatus(true, true, 0, 0, 0, Map.of(), Optional.empty(), Optional.empty());

    private static final ReplyCounters REPLIES = new ReplyCounters(
            OptionalLong.empty(), 49, Map.of(), 90, 9_000, Map.of("fib_unreachable", 4L, "too_big", 0L));

    private ListenerStatus syslog() {
        return new ListenerStatus(
                "syslog",
                new InetSocketAddress("10.255.0.1", 5514),
                List.of(
                        new InterfaceStatus("eth0", true, "tcx", "", ""),
                        new InterfaceStatus("eth1", false, "", "", "")),
                "tc_ebpf",
                "configured",
                true,
                "tcx ingress",
                Optional.of(Set.of(InetAddress.ofLiteral("192.0.2.10"))),
                Optional.of(new PublicationStatus(false, Optional.empty())),
                new TrafficCounters(
                        received,
                        100,
                        12_360,
                        12_000,
                        Map.of("no_endpoints", 3L, "too_big", 0L),
                        Optional.of(REPLIES),
                        Optional.of(new ListenerPathMtu(21, 22, 23, 24)),
                        Optional.empty()),
                List.of(UP, DOWN),
                Optional.of(new MirrorStatus(
                        10, new TrafficCounters(9, 8, 900, 800, Map.of("fib_blackhole", 1L)), List.of(COPIED))),
                List.of(new WayState("flannel.1", OptionalInt.of(1450), 1), new WayState("lo", OptionalInt.empty(), 1)),
                List.of(
                        new PodWayState(
                                InetAddress.ofLiteral("10.42.0.12"),
                                false,
                                "TCX program shaper on veth2 stands before it"),
                        new PodWayState(InetAddress.ofLiteral("10.42.0.11"), true, "")),
                true);
    }

    private static final NetflowCounters NETFLOW = new NetflowCounters(
            3,
            1,
            2,
            Map.of("copied", 12L, "cut", 9L, "joined", 6L, "retried", 0L),
            List.of(new NetflowCounters.Exporter(
                    new InetSocketAddress("192.0.2.1", 49_152), 10, 4_294_967_295L, 3, Instant.EPOCH)));

    private static ListenerStatus netflow() {
        return new ListenerStatus(
                "netflow",
                new InetSocketAddress("10.255.0.1", 2055),
                List.of(new InterfaceStatus("dummy0", false, "", "", "")),
                "userspace",
                "a \"verifier\" says no",
                false,
                "",
                Optional.empty(),
                Optional.of(new PublicationStatus(true, Optional.of(InetAddress.ofLiteral("10.255.77.3")))),
                new TrafficCounters(
                        0,
                        0,
                        0,
                        0,
                        Map.of(),
                        Optional.of(new ReplyCounters(
                                OptionalLong.of(5),
                                9,
                                Map.of("evicted", 1L, "expired", 3L),
                                70,
                                7000,
                                Map.of("too_long", 2L))),
                        Optional.empty(),
                        Optional.of(NETFLOW)),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                false);
    }
}
