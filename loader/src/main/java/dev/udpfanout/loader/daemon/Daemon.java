package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.lock.NamespaceLock;
import dev.udpfanout.loader.admin.AdminPages;
import dev.udpfanout.loader.admin.AdminServer;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.FileContent;
import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.MetricsConfig;
import dev.udpfanout.loader.config.ShutdownConfig.OnExit;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.health.HealthMonitor;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.status.Readiness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: sets the datapath up, then keeps the kernel as the configuration, Kubernetes and the probes want it, until it
 * is told to stop. One thread does all of it, the one that calls {@link #run()}; others post events.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final String LOCK = "udp-fanout";

    private static final Duration WITHDRAW_TIMEOUT = Duration.ofSeconds(2);

    private final ConfigSource configSource;
    private final Function<Config, Datapath> datapaths;
    private final Inbox inbox = new Inbox();
    private final ComparisonSchedule comparison = new ComparisonSchedule(System::nanoTime);
    private final LiveView view;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private Config config;
    private ControlLoop control;
    private Datapath datapath;
    private Optional<KubernetesSources> kubernetes = Optional.empty();
    private Optional<HealthMonitor> health = Optional.empty();
    private Optional<AdminServer> admin = Optional.empty();
    private LinkFailures links;
    private DaemonMetrics metrics;
    private final ConfigPart<List<ListenerConfig>> discovery = new ConfigPart<>("kubernetes", this::discover);
    private final ConfigPart<HealthConfig> probing = new ConfigPart<>("health", this::probe);
    private final ConfigPart<MetricsConfig> serving = new ConfigPart<>("metrics", this::serve);
    /** The file's content until it has been dealt with: its watch tells of a content once. */
    private Optional<FileContent> unread = Optional.empty();

    private String lastFailure = "";
    private boolean hasTakenOver;

    /**
     * @param configSource the configuration that is in force from the start, and where it came from
     * @param datapaths opens the datapath; called once, by the thread that runs the daemon
     * @param version for {@code /status}
     */
    public Daemon(ConfigSource configSource, Function<Config, Datapath> datapaths, String version) {
        this.configSource = configSource;
        this.config = configSource.inForce();
        this.datapaths = datapaths;
        this.view = new LiveView(version, System::nanoTime);
    }

    /**
     * Runs until {@link #stop()}.
     *
     * @throws RuntimeException if it cannot be set up: what was set up of it has been taken back, but what an earlier daemon left
     *     goes on
     */
    public void run() {
        try (NamespaceLock lock = lock()) {
            runUntilStopped();
            LOG.info("stopped");
        } finally {
            running.countDown();
            finished.countDown();
        }
    }

    private static NamespaceLock lock() {
        try {
            return NamespaceLock.acquire(LOCK);
        } catch (NamespaceLock.HeldException e) {
            throw new IllegalStateException(
                    "another udp-fanout runs on this node: process " + e.holderPid()
                            + (e.holderPid() == 0 ? " (in a container that cannot be seen from here)" : ""),
                    e);
        }
    }

    private void runUntilStopped() {
        datapath = datapaths.apply(config);
        try {
            // Before the first comparison, so that nothing that happens after it goes unseen.
            try (NetworkWatch network = NetworkWatch.start(() -> inbox.post(new Event.NetworkChanged()));
                    LinkFailures failures = LinkFailures.start(
                            down -> inbox.post(new Event.LinksChanged(down)),
                            peers -> inbox.post(new Event.PeersChanged(peers)));
                    FileWatch file = configSource.watch(content -> inbox.post(new Event.FileChanged(content)))) {
                links = failures;
                setUp();
                LOG.atInfo().addKeyValue("listeners", config.listeners().size()).log("ready");
                running.countDown();
                keepUntil(Long.MAX_VALUE);
                LOG.info("stopping");
                drain();
            }
        } finally {
            tearDown();
        }
    }

    private void setUp() {
        NodeIdentity node = NodeIdentity.detect();
        connectIfNeededBy(config.listeners());
        metrics = new DaemonMetrics(view);
        Optional<String> zone =
                StartOnlyKeys.usesZones(config) ? kubernetes.flatMap(KubernetesSources::zone) : Optional.empty();
        control = new ControlLoop(
                config, datapath, new EndpointSelection(node.nodeName(), zone), metrics::endpointsUpdated);
        // What can fail for reasons of its own comes before anything is changed in the kernel.
        serving.require(config.metrics());
        control.select();
        datapath.reconcile();
        hasTakenOver = true;
        // Forwarding without probes, or with what is known of the receivers so far, is better than no forwarding.
        putInForce();
        endTurn();
    }

    /** All that a configuration changes apart from the datapath, each by itself; again at each comparison, until done. */
    private void putInForce() {
        discovery.attempt(config.listeners());
        probing.attempt(config.health());
        serving.attempt(config.metrics());
    }

    private void connectIfNeededBy(List<ListenerConfig> listeners) {
        if (kubernetes.isEmpty() && KubernetesSources.isNeededBy(listeners)) {
            kubernetes = Optional.of(KubernetesSources.connect(NodeIdentity.detect(), inbox));
        }
    }

    private void discover(List<ListenerConfig> listeners) {
        connectIfNeededBy(listeners);
        kubernetes.ifPresent(sources -> sources.update(listeners));
    }

    /** If another way of probing cannot be had, the one before goes on. What is known to be dead is sent nothing in between. */
    private void probe(HealthConfig wanted) {
        Set<InetSocketAddress> down = health.map(HealthMonitor::down).orElse(Set.of());
        Optional<HealthMonitor> next = wanted.enabled()
                ? Optional.of(
                        HealthMonitor.start(wanted, down, (changes, all) -> inbox.post(new Event.HealthChanged())))
                : Optional.empty();
        health.ifPresent(HealthMonitor::close);
        health = next;
        attempt(() -> control.health(next.map(HealthMonitor::down).orElse(Set.of())));
    }

    /** The old address first: the new one may be a part of it. */
    private void serve(MetricsConfig wanted) {
        admin.ifPresent(AdminServer::close);
        admin = Optional.empty();
        if (wanted.enabled()) {
            AdminPages pages = new AdminPages(view, metrics, wanted.path(), AdminPages.DEFAULT_ALIVE_LIMIT);
            admin = Optional.of(AdminServer.start(wanted.bind(), pages));
        }
    }

    /** Turns the loop until it is told to stop, or the time, by System.nanoTime(), has come. */
    private void keepUntil(long deadlineNanos) {
        while (!inbox.isStopped() || deadlineNanos != Long.MAX_VALUE) {
            Duration patience = comparison.untilDue();
            if (deadlineNanos != Long.MAX_VALUE) {
                Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
                if (!left.isPositive()) {
                    return;
                }
                patience = left.compareTo(patience) < 0 ? left : patience;
            }
            turn(inbox.take(patience));
        }
    }

    /** Deals with what has happened, then, if it is time, compares the kernel with what it should be. */
    private void turn(List<Event> events) {
        // One that fails must not take the others with it; what it left undone is done by the comparison.
        for (Event event : events) {
            attempt(() -> deal(event));
        }
        if (comparison.isDue()) {
            long began = System.nanoTime();
            unread.ifPresent(content -> attempt(() -> reload(content)));
            putInForce();
            boolean isRight = attempt(this::compare);
            comparison.done(began, isRight);
            if (isRight) {
                lastFailure = "";
            }
        }
        attempt(this::endTurn);
    }

    private void compare() {
        Failures failures = new Failures();
        failures.collect(control::select);
        failures.collect(datapath::reconcile);
        failures.throwIfAny();
    }

    private void deal(Event event) {
        switch (event) {
            case Event.Discovered discovered -> control.discovered(discovered);
            case Event.Vips vips -> control.vips(vips);
            case Event.HealthChanged changed -> health.ifPresent(monitor -> control.health(monitor.down()));
            case Event.LinksChanged changed -> {
                Set<InetAddress> cutOff = control.links(changed.down());
                health.ifPresent(monitor -> monitor.markLinkDown(cutOff));
            }
            case Event.PeersChanged changed -> control.peers(changed);
            case Event.FileChanged changed -> reload(changed.content());
            case Event.NetworkChanged changed -> comparison.wanted();
        }
    }

    /** Does one thing; if it fails, says so, once for each failure in a row, and has it looked at again soon. */
    private boolean attempt(Runnable thing) {
        try {
            thing.run();
            return true;
        } catch (RuntimeException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) {
                LOG.error("cannot mend the datapath, will go on trying: {}", failure);
                LOG.debug("where it happened", e);
            }
            lastFailure = failure;
            comparison.failed();
            return false;
        }
    }

    private void reload(FileContent content) {
        unread = Optional.of(content);
        Optional<Config> changed = configSource.reload(content);
        unread = Optional.empty();
        if (changed.isPresent()) {
            config = changed.get();
            attempt(() -> control.configure(config));
            putInForce();
        }
    }

    private void endTurn() {
        Set<InetSocketAddress> targets = control.probeTargets();
        links.targets(targets.stream().map(InetSocketAddress::getAddress).collect(Collectors.toSet()));
        links.peerTargets(control.peerTargets());
        health.ifPresent(monitor -> monitor.targets(targets));
        kubernetes.ifPresent(sources -> config.listeners().forEach(listener -> {
            if (!inbox.isStopped()) {
                control.publishable(listener.name()).ifPresent(ready -> sources.publish(listener.name(), ready));
            }
        }));
        view.turned(new LiveView.Turn(
                System.nanoTime(),
                config,
                configSource.status(hindrances()),
                control.known(),
                control.inForce(),
                config.listeners().stream()
                        .collect(Collectors.toMap(ListenerConfig::name, listener -> datapath.state(listener.name()))),
                readiness(),
                datapath,
                health,
                kubernetes.map(sources -> sources::status)));
    }

    private List<String> hindrances() {
        return Stream.of(datapath.hindrance(), discovery.hindrance(), probing.hindrance(), serving.hindrance())
                .flatMap(Optional::stream)
                .toList();
    }

    private Readiness readiness() {
        if (inbox.isStopped()) {
            return Readiness.notReady("stopping");
        }
        return config.listeners().stream()
                .map(ListenerConfig::name)
                .filter(name -> !control.isReady(name))
                .findFirst()
                .map(name -> Readiness.notReady("listener " + name + " is "
                        + (datapath.state(name).attached() ? "without a usable endpoint" : "not attached")))
                .orElse(Readiness.READY);
    }

    /** Lets MetalLB move the VIP away while datagrams are still forwarded. */
    private void drain() {
        endTurn();
        if (kubernetes.isPresent() && kubernetes.get().publishes()) {
            kubernetes.get().withdraw(WITHDRAW_TIMEOUT);
            keepUntil(System.nanoTime() + config.shutdown().drain().toNanos());
        }
    }

    /**
     * However it has come to an end, also by an error: {@code on_exit} says what becomes of what this daemon has set up. It does
     * not say that a start that fails, over a port that is taken or a file that cannot be watched, may end what an earlier
     * daemon left at work: until this one has put everything in place, that is all that forwards.
     */
    private void tearDown() {
        admin.ifPresent(AdminServer::close);
        health.ifPresent(HealthMonitor::close);
        kubernetes.ifPresent(KubernetesSources::close);
        if (!hasTakenOver) {
            datapath.abandon();
        } else if (config.shutdown().onExit() == OnExit.KEEP) {
            datapath.release();
        } else {
            datapath.close();
        }
    }

    /** Asks the daemon to stop; any thread may. */
    public void stop() {
        inbox.stop();
    }

    /** For how long {@link #run()} may take to end after {@link #stop()}, at the most. */
    public Duration stopTimeout() {
        return config.shutdown().drain().plus(Duration.ofSeconds(10));
    }

    /** How often what was set up had to be mended, by kind. Any thread, once it runs. */
    public Map<String, Long> repairs() {
        return datapath.repairs();
    }

    /** Waits until the daemon is set up or has failed to; true unless the time ran out. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits until {@link #run()} has ended; true unless the time ran out. */
    public boolean awaitFinished(Duration timeout) throws InterruptedException {
        return finished.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
