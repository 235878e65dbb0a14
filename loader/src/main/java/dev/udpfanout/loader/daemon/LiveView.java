package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.SpreadNote;
import dev.udpfanout.loader.health.HealthMonitor;
import dev.udpfanout.loader.health.PortWatch;
import dev.udpfanout.loader.status.ConfigStatus;
import dev.udpfanout.loader.status.DaemonView;
import dev.udpfanout.loader.status.DurationHistogram;
import dev.udpfanout.loader.status.InterfaceStatus;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.MirrorStatus;
import dev.udpfanout.loader.status.PortsStatus;
import dev.udpfanout.loader.status.Readiness;
import dev.udpfanout.loader.status.ReadinessLog;
import dev.udpfanout.loader.status.ServicesStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import dev.udpfanout.loader.status.TrafficCounters;
import dev.udpfanout.loader.status.WatchStatus;
import dev.udpfanout.loader.supervision.ThreadSupervision;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What others see of the daemon. The control loop puts a {@link Turn} down at the end of each turn; the kernel is read
 * anew.
 */
final class LiveView implements DaemonView {
    private final String version;
    private final LongSupplier clockNanos;
    private final Instant startedAt = Instant.now();
    private final long startedNanos;
    private final ReadinessLog readinessLog = new ReadinessLog();
    private volatile Turn turn;

    /**
     * What the control loop knew at the end of a turn.
     *
     * @param states how each listener is served, by name
     * @param vips of VIP-direct listeners, by name, as far as they are known
     * @param services the annotated ones, if they are followed
     * @param datapath whose counters can be read by any thread
     */
    record Turn(
            long atNanos,
            Config config,
            ConfigStatus configStatus,
            Map<String, List<DiscoveredEndpoint>> known,
            Map<String, EndpointSet> inForce,
            Map<String, ListenerState> states,
            Map<String, Set<InetAddress>> vips,
            Readiness readiness,
            Optional<ServicesStatus> services,
            Datapath datapath,
            Optional<HealthMonitor> health,
            Optional<PortWatch> ports,
            Optional<Supplier<KubernetesSources.Status>> kubernetes) {
        /** What they know now. */
        static Turn of(
                Config config,
                ConfigStatus configStatus,
                ControlLoop control,
                Readiness readiness,
                Optional<ServicesStatus> services,
                Datapath datapath,
                Probing probing,
                Optional<Supplier<KubernetesSources.Status>> kubernetes) {
            return new Turn(
                    System.nanoTime(),
                    config,
                    configStatus,
                    control.known(),
                    control.inForce(),
                    config.listeners().stream()
                            .collect(Collectors.toMap(
                                    ListenerConfig::name, listener -> datapath.state(listener.name()))),
                    control.vips(),
                    readiness,
                    services,
                    datapath,
                    probing.monitor(),
                    probing.ports(),
                    kubernetes);
        }
    }

    /**
     * @param clockNanos as System.nanoTime(): one that nobody sets, as time synchronization does the wall clock at boot
     */
    LiveView(String version, LongSupplier clockNanos) {
        this.version = version;
        this.clockNanos = clockNanos;
        this.startedNanos = clockNanos.getAsLong();
    }

    void turned(Turn latest) {
        turn = latest;
        readinessLog.turned(
                latest.readiness(),
                latest.config() == null ? 0 : latest.config().listeners().size());
    }

    @Override
    public Duration sinceLastTurn() {
        Turn last = turn;
        return Duration.ofNanos(clockNanos.getAsLong() - (last == null ? startedNanos : last.atNanos()));
    }

    @Override
    public ThreadsStatus threads() {
        return ThreadSupervision.status();
    }

    @Override
    public Readiness readiness() {
        Turn last = turn;
        return last == null ? Readiness.notReady("starting") : last.readiness();
    }

    @Override
    public StatusSnapshot snapshot() {
        Turn last = turn;
        if (last == null) {
            ConfigStatus none = new ConfigStatus("", true, startedAt, 0, 0, List.of());
            return new StatusSnapshot(
                    version,
                    startedAt,
                    readiness(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    none,
                    Optional.empty(),
                    PortsStatus.NONE,
                    threads(),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
        Map<String, ListenerCounters> counters = last.datapath().counters();
        Optional<KubernetesSources.Status> kubernetes = last.kubernetes().map(Supplier::get);
        Optional<ProgramCounters> program = last.datapath().program();
        ShownEndpoints endpoints = new ShownEndpoints(last);
        List<ListenerStatus> listeners = last.config().listeners().stream()
                .filter(listener -> counters.containsKey(listener.name()))
                .map(listener -> status(last, listener, counters, kubernetes, endpoints))
                .toList();
        return new StatusSnapshot(
                version,
                startedAt,
                last.readiness(),
                listeners,
                watches(kubernetes, last.services()),
                last.services(),
                last.configStatus(),
                last.health().map(HealthMonitor::status),
                last.ports().map(PortWatch::status).orElse(PortsStatus.NONE),
                threads(),
                last.datapath().repairs(),
                last.datapath().lookout().map(Lookout::outages).orElse(Map.of()),
                last.datapath().firewall(),
                last.datapath().staleFlows(),
                program.map(ProgramCounters::processingTimes)
                        .map(times ->
                                new DurationHistogram(times.upperBoundsNanos(), times.counts(), times.sumNanos())),
                last.datapath().flows(),
                program.map(ProgramCounters::earlyFragments),
                program.map(ProgramCounters::icmpErrors),
                program.flatMap(ProgramCounters::leaseLeft));
    }

    private static ListenerStatus status(
            Turn turn,
            ListenerConfig listener,
            Map<String, ListenerCounters> all,
            Optional<KubernetesSources.Status> kubernetes,
            ShownEndpoints endpoints) {
        ListenerState state = turn.states().get(listener.name());
        ListenerCounters counters = all.get(listener.name());
        ShownEndpoints.OfSet receivers = endpoints.of(listener.name(), counters);
        Optional<MirrorStatus> mirror = listener.mirror().map(each -> {
            String set = each.receivers().name();
            ListenerCounters copies = all.getOrDefault(set, ListenerCounters.ZERO);
            ShownEndpoints.OfSet probes = endpoints.of(set, copies);
            return new MirrorStatus(each.sample(), TrafficCounters.of(copies), probes.shown(), probes.omitted());
        });
        return new ListenerStatus(
                listener.name(),
                listener.bind(),
                interfaces(listener, state),
                state.mode(),
                state.modeReason(),
                state.attached(),
                state.attachment(),
                listener.vipDirect() ? Optional.ofNullable(turn.vips().get(listener.name())) : Optional.empty(),
                kubernetes.map(status -> status.published().get(listener.name())),
                TrafficCounters.of(counters),
                receivers.shown(),
                receivers.omitted(),
                mirror,
                state.ways(),
                state.byIpsec(),
                state.waysKept(),
                state.podWays(),
                SpreadNote.of(listener.receivers().spreading(), state.mode()),
                service(listener),
                listener.isLeased());
    }

    private static Optional<WatchStatus> watches(
            Optional<KubernetesSources.Status> kubernetes, Optional<ServicesStatus> services) {
        return Stream.concat(
                        kubernetes.map(KubernetesSources.Status::watches).stream(),
                        services.map(ServicesStatus::watches).stream())
                .reduce(WatchStatus::and);
    }

    private static Optional<String> service(ListenerConfig listener) {
        return listener.isOfService()
                ? listener.receivers()
                        .kubernetes()
                        .map(source -> source.namespace().orElse("") + "/" + source.service())
                : Optional.empty();
    }

    /** Sockets take datagrams whatever they come by: by none of the interfaces, or by all. */
    private static List<InterfaceStatus> interfaces(ListenerConfig listener, ListenerState state) {
        if (state.interfaces().isEmpty()) {
            return listener.interfaces().stream()
                    .map(name -> new InterfaceStatus(name, state.attached(), state.attachment(), "", ""))
                    .toList();
        }
        return state.interfaces().stream()
                .map(each -> new InterfaceStatus(
                        each.name(), each.attached(), each.attachment(), each.behind(), each.shadowedBy()))
                .toList();
    }
}
