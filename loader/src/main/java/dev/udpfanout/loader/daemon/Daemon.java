package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.lock.NamespaceLock;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.MetricsConfig;
import dev.udpfanout.loader.config.ShutdownConfig.OnExit;
import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.status.Readiness;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: sets the datapath up, then keeps the kernel as the configuration, Kubernetes and the probes want it,
 * until it is told to stop. One thread does all of it, the one that calls {@link #run()}; others post events.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final ConfigSource configSource;
    private final Function<Config, Datapath> datapaths;
    private final Inbox inbox = new Inbox();
    private final ComparisonSchedule comparison = new ComparisonSchedule(System::nanoTime);
    private final Attempts attempts = new Attempts(comparison::failed);
    private final LiveView view;
    private final DaemonMetrics metrics;
    private final ServedPages pages;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AnnotatedServices services;
    private Config file;
    private Config config; // the file's, with the listeners of annotated Services
    private ControlLoop control;
    private Datapath datapath;
    private Optional<KubernetesSources> kubernetes = Optional.empty();
    private final Probing health = new Probing(() -> inbox.post(new Event.HealthChanged()));
    private LinkFailures links;
    private final ConfigPart<List<ListenerConfig>> discovery = new ConfigPart<>("kubernetes", this::discover);
    private final ConfigPart<HealthConfig> probing = new ConfigPart<>("health", this::probe);
    private final ConfigPart<MetricsConfig> serving;
    private Optional<FileContent> unread = Optional.empty(); // until dealt with: its watch tells of a content once
    private boolean hasTakenOver;

    /**
     * @param configSource what is in force from the start, and where it came from
     * @param datapaths opens the datapath; called once, by the thread that runs the daemon
     * @param drops what it drops in user space, for {@code /drops}
     * @param version for {@code /status}
     */
    public Daemon(
            ConfigSource configSource, Function<Config, Datapath> datapaths, UserspaceDrops drops, String version) {
        this.configSource = configSource;
        this.file = configSource.inForce();
        this.config = file;
        this.services = new AnnotatedServices(inbox, file);
        this.datapaths = datapaths;
        this.view = new LiveView(version, System::nanoTime);
        this.metrics = new DaemonMetrics(view);
        this.pages = new ServedPages(view, drops, metrics);
        this.serving = new ConfigPart<>("metrics", pages::configure);
    }

    /**
     * Runs until {@link #stop()}.
     *
     * @throws RuntimeException if it cannot be set up: what was set up of it has been taken back, but what an earlier
     *     daemon left goes on
     */
    public void run() {
        try (NamespaceLock lock = NodeLock.acquire()) {
            runUntilStopped();
            LOG.info("stopped");
        } finally {
            running.countDown();
            finished.countDown();
        }
    }

    private void runUntilStopped() {
        datapath = datapaths.apply(config = services.first(file));
        datapath.onTrackingClear(() -> inbox.post(new Event.TrackingClear()));
        try {
            // Before the first comparison, so that nothing that happens after it goes unseen.
            try (NetworkWatch network = NetworkWatch.start(() -> inbox.post(new Event.NetworkChanged()));
                    LinkFailures failures = LinkFailures.start(
                            down -> inbox.post(new Event.LinksChanged(down)),
                            peers -> inbox.post(new Event.PeersChanged(peers)),
                            () -> inbox.post(new Event.NetworkChanged()));
                    FileWatch file = configSource.watch(content -> inbox.post(new Event.FileChanged(content)))) {
                links = failures;
                setUp();
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
        EndpointSelection selection = new EndpointSelection(node.nodeName(), StartOnlyKeys.zone(file, node));
        control = new ControlLoop(config, datapath, selection, metrics::endpointsUpdated);
        services.findInterfaces(datapath);
        control.select();
        datapath.reconcile();
        hasTakenOver = true;
        // Forwarding without probes, or with what is known of the receivers so far, is better than no forwarding.
        putInForce();
        LOG.atInfo().addKeyValue("listeners", config.listeners().size()).log("set up");
        endTurn();
    }

    /** All that a configuration changes but the datapath, each by itself; again at each comparison, until done. */
    private void putInForce() {
        discovery.attempt(file.listeners());
        services.putInForce(control);
        probing.attempt(config.health());
        serving.attempt(config.metrics());
    }

    private void discover(List<ListenerConfig> listeners) {
        kubernetes = kubernetes.or(() -> KubernetesSources.connect(listeners, NodeIdentity.detect(), inbox));
        kubernetes.ifPresent(sources -> sources.update(listeners));
    }

    /** Who is down is fetched with it: endpoints that are known to be dead are sent nothing in between. */
    private void probe(HealthConfig wanted) {
        health.configure(wanted);
        attempts.attempt("apply the health of endpoints", () -> control.health(health.down()));
    }

    /** Turns the loop until it is told to stop, or the time, by System.nanoTime(), has come. */
    private void keepUntil(long deadlineNanos) {
        while (!inbox.isStopped() || deadlineNanos != Long.MAX_VALUE) {
            long leftNanos = deadlineNanos == Long.MAX_VALUE ? deadlineNanos : deadlineNanos - System.nanoTime();
            if (leftNanos <= 0) {
                return;
            }
            turn(inbox.take(comparison.untilNext(Duration.ofNanos(leftNanos))));
        }
    }

    /** Deals with what has happened, then, if it is time, compares the kernel with what it should be. */
    private void turn(List<Event> events) {
        attempts.attempt("look at the datapath", () -> comparison.look(() -> health.look(datapath)));
        if (events.isEmpty() && !comparison.isDue() && !inbox.isStopped()) {
            return;
        }
        // One that fails must not take the others with it; what it left undone is done by the comparison.
        for (Event event : events) {
            attempts.attempt(event.handling(), () -> deal(event));
        }
        if (comparison.isDue()) {
            long began = System.nanoTime();
            unread.ifPresent(content -> attempts.attempt("reload the configuration", () -> reload(content)));
            putInForce();
            Runnable repair = () -> Failures.ofAll(control::select, datapath::reconcile);
            comparison.done(began, attempts.attempt("repair the datapath", repair));
        }
        attempts.attempt("publish the state of the listeners", this::endTurn);
    }

    private void deal(Event event) {
        switch (event) {
            case Event.Discovered discovered -> control.discovered(discovered);
            case Event.ServicesChanged changed -> serve(changed.services());
            case Event.Vips vips -> control.vips(vips);
            case Event.ServiceChanged service -> control.service(service);
            case Event.HealthChanged changed -> control.health(health.down());
            case Event.LinksChanged changed -> health.markLinkDown(control.links(changed.down()));
            case Event.PeersChanged changed -> control.peers(changed);
            case Event.FileChanged changed -> reload(changed.content());
            case Event.NetworkChanged changed -> comparison.wanted();
            case Event.InterfacesChanged changed -> services.findInterfaces(datapath);
            case Event.TrackingClear clear -> {}
        }
    }

    private void reload(FileContent content) {
        unread = Optional.of(content);
        Optional<Config> changed = configSource.reload(content);
        unread = Optional.empty();
        if (changed.isPresent()) {
            file = changed.get();
            use(services.in(file));
        }
    }

    private void use(Config now) {
        config = now;
        attempts.attempt("apply the changed listeners", () -> control.configure(config, services.inForce()));
        putInForce();
    }

    private void serve(List<AnnotatedService> changed) {
        services.changed(changed);
        Config now = services.in(file);
        if (now.equals(config)) {
            services.putInForce(control);
        } else {
            use(now);
        }
    }

    private void endTurn() {
        configSource.tell(datapath.hindrance().isEmpty());
        services.attachSome(datapath);
        services.tellRefused(datapath);
        Set<InetSocketAddress> targets = control.probeTargets();
        links.targets(targets.stream().map(InetSocketAddress::getAddress).collect(Collectors.toSet()));
        links.peerTargets(control.peerTargets());
        health.targets(targets);
        if (!inbox.isStopped()) {
            kubernetes.ifPresent(all -> datapath.setPublished(all.publish(config.listeners(), control::publishable)));
        }
        Readiness readiness = inbox.isStopped() ? Readiness.STOPPING : control.readiness();
        view.turned(LiveView.Turn.of(
                config,
                configSource.status(ConfigPart.hindrances(
                        datapath.hindrance().or(services::hindrance), discovery, probing, serving)),
                control,
                readiness,
                services.status(datapath),
                datapath,
                health,
                kubernetes.map(sources -> sources::status)));
    }

    /** Lets MetalLB move the VIP away while datagrams are still forwarded. */
    private void drain() {
        endTurn();
        if (Departure.announce(config, datapath, kubernetes)) {
            keepUntil(System.nanoTime() + config.shutdown().drain().toNanos());
        }
    }

    /**
     * However it has come to an end: {@code on_exit} says what becomes of what this daemon has set up. A start that
     * fails leaves what an earlier daemon left at work: until this one is set up, that is all that forwards.
     */
    private void tearDown() {
        pages.close();
        health.close();
        services.close();
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

    /** How often what was set up had to be mended, by kind. */
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
