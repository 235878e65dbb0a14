package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportProbe;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.SpreadPlan;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.SpreadLog;
import dev.udpfanout.loader.datapath.Unreachable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener: its sockets while they are open, its endpoints, and its counts, which outlive the sockets. */
final class UserspaceListener {
    private static final Logger LOG = LoggerFactory.getLogger(UserspaceListener.class);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

    private final FlowsConfig flows;
    private final NetflowMemory netflow;
    private final WatchedDrops drops;
    private volatile ListenerConfig config;
    private Optional<EndpointSet> endpoints = Optional.empty();
    private Map<InetSocketAddress, String> refused = Map.of();
    private Optional<Forwarder> forwarder = Optional.empty();
    private ListenerCounters closed = ListenerCounters.ZERO;
    private final UnreachableCounts unreachable = new UnreachableCounts();
    /** While datagrams leave with their client's address. */
    private Optional<ClientErrors> clientErrors = Optional.empty();

    private boolean delivered;
    /** Whether the open sockets go by the rules of {@link #config}; what was tried and failed they do not. */
    private boolean rulesInstalled;
    /** Whether they have {@link #endpoints}, given out by the policy of {@link #config}. */
    private boolean endpointsInstalled;

    /**
     * @param flows bounds for it alone, if it has replies
     * @param netflow what it remembers of exporters, if it looks at NetFlow
     * @param drops told of single datagrams that are dropped
     */
    UserspaceListener(ListenerConfig config, FlowsConfig flows, NetflowMemory netflow, WatchedDrops drops) {
        this.drops = drops;
        this.flows = flows;
        this.netflow = netflow;
        this.config = config;
    }

    ListenerConfig config() {
        return config;
    }

    /** Whether the sockets can stay as they are under another configuration with the same address and port. */
    boolean fits(ListenerConfig other) {
        return config.userspace().equals(other.userspace())
                && config.range().equals(other.range())
                && config.replies() == other.replies()
                && config.payload() == other.payload()
                && (config.receivers().spreading().policy().copies()
                        || !other.receivers().spreading().policy().copies()
                        || forwarder
                                .map(open -> open.transport().transport() != Transport.NIO)
                                .orElse(true))
                && (!ForwarderRules.askForSources(other)
                        || forwarder.map(Forwarder::takesSources).orElse(true));
    }

    /** Whether only one of both can have its port. */
    boolean excludes(UserspaceListener other) {
        return config.excludes(other.config);
    }

    /**
     * Begins with these endpoints, before its sockets are open, unless they are from before a change of the address
     * family.
     */
    void beginWith(Optional<EndpointSet> known) {
        Class<?> family = config.bind().getAddress().getClass();
        known.filter(set -> set.endpoints().stream()
                        .allMatch(
                                endpoint -> family.isInstance(endpoint.address().getAddress())))
                .ifPresent(this::apply);
    }

    Optional<EndpointSet> endpoints() {
        return endpoints;
    }

    /** Counts on from what a closed one has counted, which had the name before. */
    void inheritCounts(UserspaceListener predecessor) {
        ListenerCounters counted = predecessor.counters();
        synchronized (this) {
            closed = FrameCounters.remember(closed, counted);
        }
    }

    /** Takes a new configuration over; where the sockets do not fit it, they are closed, to be opened anew. */
    void configure(ListenerConfig other) {
        if (!fits(other)) {
            close();
        }
        rulesInstalled = false;
        endpointsInstalled = endpointsInstalled
                && config.receivers().spreading().equals(other.receivers().spreading());
        config = other;
        install();
    }

    boolean isOpen() {
        return forwarder.isPresent();
    }

    /** Whether the sockets can be opened before the address is there. */
    boolean opensEarly() {
        return isOpen() || new ForwarderStart(config, flows, netflow, drops, TransportProbe.run()).bindsEarly();
    }

    /** Opens the sockets, with the endpoints that are known; does nothing where they are open. */
    void open() {
        if (forwarder.isPresent()) {
            return;
        }
        keep(new ForwarderStart(config, flows, netflow, drops, TransportProbe.run()).start());
        install();
    }

    void apply(EndpointSet set) {
        if (endpoints.equals(Optional.of(set)) && (!isOpen() || endpointsInstalled)) {
            return;
        }
        endpoints = Optional.of(set);
        endpointsInstalled = false;
        install();
        SpreadLog.warnOfLeftOut(config.receivers(), set.endpoints().size(), plan(set.endpoints()));
        LOG.atInfo()
                .addKeyValue("listener_id", config.id())
                .addKeyValue("endpoints", set.endpoints().size())
                .log("updated userspace downstream set");
    }

    /**
     * Gives the open sockets what they do not have yet, and tries those endpoints again that could not be used so far:
     * a route may have come.
     */
    void reconcile() {
        if (!refused.isEmpty()) {
            endpointsInstalled = false;
        }
        install();
        forwarder.ifPresent(Forwarder::tidyTemplates);
    }

    /** The rules first: nothing is forwarded without them. */
    private void install() {
        if (forwarder.isEmpty()) {
            return;
        }
        if (!rulesInstalled) {
            WorkersAnswer.await(forwarder.get().admission(ForwarderRules.admission(config.admission())), "the rules");
            rulesInstalled = true;
        }
        if (!endpointsInstalled && endpoints.isPresent()) {
            install(forwarder.get(), endpoints.get());
            endpointsInstalled = true;
        }
    }

    private void install(Forwarder open, EndpointSet set) {
        Map<InetSocketAddress, String> before = refused;
        refused = EndpointInstall.run(open, set.endpoints(), usable -> ForwarderSpread.table(plan(usable)));
        refused.forEach((endpoint, why) -> {
            if (!before.containsKey(endpoint)) {
                LOG.atError()
                        .addKeyValue("listener_id", config.id())
                        .addKeyValue("endpoint", SocketAddressText.write(endpoint))
                        .addKeyValue("reason", why)
                        .log("left out an endpoint");
            }
        });
    }

    private SpreadPlan plan(List<Endpoint> of) {
        return SpreadPlan.of(config.receivers().spreading(), of);
    }

    /** The endpoints that the forwarder cannot use. */
    Set<InetSocketAddress> leftOut() {
        return Set.copyOf(refused.keySet());
    }

    /** Whether the kernel delivers the address's datagrams to the sockets. */
    void setDelivered(boolean isDelivered) {
        delivered = isDelivered;
    }

    boolean isAttached() {
        return isOpen() && delivered;
    }

    /** The transport and why not a better one; empty while the sockets are closed. */
    String transport() {
        return forwarder.map(open -> open.transport().describe()).orElse("");
    }

    /** Any thread. */
    synchronized ListenerCounters counters() {
        return forwarder.map(open -> FrameCounters.sum(closed, figures(open))).orElse(closed);
    }

    /** Endpoints of which the kernel has told its sockets since the last call that nobody listens there. */
    Unreachable takeUnreachable() {
        if (forwarder.isEmpty()) {
            return Unreachable.NONE;
        }
        Forwarder open = forwarder.get();
        Set<InetSocketAddress> found = unreachable.grown(open.counters().endpoints());
        if (clientErrors.isEmpty()) {
            return new Unreachable(Set.of(), found);
        }
        // From a client's address, that client knows all that it takes to forge the error.
        return new Unreachable(found, Set.of())
                .plus(new Unreachable(clientErrors.get().take(endpoints), Set.of()));
    }

    /** Sends on what has arrived, then closes the sockets: new datagrams go elsewhere by now. */
    void drainAndClose() {
        forwarder.ifPresent(open -> {
            if (!open.drain(DRAIN_LIMIT)) {
                LOG.atWarn()
                        .addKeyValue("listener_id", config.id())
                        .log("datagrams still arrived while the sockets closed");
            }
        });
        close();
    }

    void close() {
        forwarder.ifPresent(open -> {
            open.close();
            forget(open);
            LOG.atInfo().addKeyValue("listener_id", config.id()).log("closed userspace sockets");
        });
        delivered = false;
    }

    private synchronized void keep(Forwarder started) {
        forwarder = Optional.of(started);
        clientErrors = started.source() == SourceAddress.CLIENT
                ? Optional.of(ClientErrors.open(config.id()))
                : Optional.empty();
        rulesInstalled = false;
        endpointsInstalled = false;
    }

    private synchronized void forget(Forwarder ended) {
        closed = FrameCounters.remember(closed, figures(ended));
        forwarder = Optional.empty();
        clientErrors.ifPresent(ClientErrors::close);
        clientErrors = Optional.empty();
    }

    private ListenerCounters figures(Forwarder of) {
        ListenerCounters counters =
                FrameCounters.of(of.counters(), config.bind().getAddress(), config.replies());
        return config.payload() == Payload.NETFLOW ? counters.with(NetflowFigures.of(of)) : counters;
    }
}
