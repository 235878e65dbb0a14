package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.api.ListenerPort;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.discovery.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.discovery.VipWatch;
import dev.udpfanout.loader.kubernetes.publish.PublishedEndpoint;
import dev.udpfanout.loader.kubernetes.publish.PublisherState;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.publish.SharedAddress;
import dev.udpfanout.loader.kubernetes.publish.TerminatingEndpoints;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.status.PublicationStatus;
import dev.udpfanout.loader.status.WatchStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What listeners have going with Kubernetes: discovery, VIP watch and publisher, started and ended as the configuration
 * changes.
 */
final class KubernetesSources implements AutoCloseable {
    private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration RETIRE_TIMEOUT = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final NodeIdentity node;
    private final Inbox inbox;
    private final LongAdder events = new LongAdder();
    private final Map<String, ListenerSources> byListener = new LinkedHashMap<>();
    private final Retirements retirements = new Retirements();
    /** Of watches that have ended: counters do not go backwards. */
    private ShownSources.WatchTotals ended = ShownSources.WatchTotals.NONE;

    /** Addresses that listeners are bound to: no node publishes them as its own. */
    private Set<InetAddress> binds = Set.of();

    private volatile ShownSources shown = new ShownSources(List.of(), List.of(), ShownSources.WatchTotals.NONE);

    KubernetesSources(KubernetesClient client, NodeIdentity node, Inbox inbox) {
        this.client = client;
        this.node = node;
        this.inbox = inbox;
    }

    /**
     * How it goes with Kubernetes.
     *
     * @param watches all of them taken together
     * @param published for each listener that publishes, what the API server has of this node
     */
    record Status(WatchStatus watches, Map<String, PublicationStatus> published) {
        Status {
            published = Map.copyOf(published);
        }
    }

    /** Makes a client if the listeners need one; nothing is asked of the API server yet. */
    static Optional<KubernetesSources> connect(List<ListenerConfig> listeners, NodeIdentity node, Inbox inbox) {
        return ListenerSources.wanted(listeners)
                .findAny()
                .map(needed -> new KubernetesSources(KubernetesClients.connect(), node, inbox));
    }

    /**
     * Starts what is new, ends what is gone, and leaves alone what is the same.
     *
     * @throws RuntimeException if something cannot be started; the others are all the same, and it can be tried again
     */
    void update(List<ListenerConfig> listeners) {
        binds = listeners.stream().map(listener -> listener.bind().getAddress()).collect(Collectors.toSet());
        Map<String, ListenerSources.Wanted> wanted = new LinkedHashMap<>();
        ListenerSources.wanted(listeners).forEach(each -> wanted.put(each.name(), each));
        Map<String, ReadinessPublisher> leaving = new LinkedHashMap<>();
        for (String name : new HashSet<>(byListener.keySet())) {
            if (!wanted.containsKey(name) || !byListener.get(name).fit(wanted.get(name))) {
                ListenerSources gone = byListener.remove(name);
                gone.endWatches();
                gone.watches().forEach(this::count);
                gone.publisher().ifPresent(publisher -> leaving.put(name, publisher));
            }
        }
        Failures failures = new Failures();
        wanted.forEach((name, each) ->
                failures.collect(() -> byListener.computeIfAbsent(name, absent -> start(each, leaving))));
        leaving.forEach(retirements::begin);
        retirements.forgetEnded().forEach(publisher -> publisher.watchStates().forEach(this::count));
        shown = new ShownSources(List.copyOf(byListener.values()), retirements.underWay(), ended);
        failures.throwIfAny();
    }

    private void count(WatchState endedWatch) {
        ended = ended.plus(endedWatch);
    }

    /** Takes the one out of those that leave whose slice a new publisher is to keep, or out of those that have left. */
    private Optional<ReadinessPublisher> predecessor(
            ReadinessPublisher publisher, Map<String, ReadinessPublisher> leaving) {
        Optional<ReadinessPublisher> same =
                leaving.values().stream().filter(publisher::keepsSliceOf).findFirst();
        same.ifPresent(leaving.values()::remove);
        return same.or(() -> retirements.takeOver(publisher));
    }

    private void start(ReadinessPublisher publisher, Map<String, ReadinessPublisher> leaving) {
        Optional<ReadinessPublisher> predecessor = predecessor(publisher, leaving);
        if (predecessor.isEmpty()) {
            publisher.start();
            return;
        }
        publisher.startAfter(predecessor.get());
        predecessor.get().watchStates().forEach(this::count);
    }

    private ListenerSources start(ListenerSources.Wanted wanted, Map<String, ReadinessPublisher> leaving) {
        String name = wanted.name();
        Optional<EndpointDiscovery> discovery = wanted.receivers()
                .kubernetes()
                .map(source -> new EndpointDiscovery(
                        client,
                        node.service(source.namespace(), source.service()),
                        source.port(),
                        endpoints -> post(new Event.Discovered(name, endpoints))));
        Optional<ServiceName> published = wanted.listener()
                .flatMap(ListenerConfig::publish)
                .map(target -> node.service(target.namespace(), target.service()));
        Optional<VipWatch> vips = published
                .filter(service ->
                        wanted.listener().filter(ListenerConfig::vipDirect).isPresent())
                .map(service -> new VipWatch(client, service, addresses -> post(new Event.Vips(name, addresses))));
        Optional<ReadinessPublisher> publisher = published.map(service -> new ReadinessPublisher(
                client, service, publishedEndpoint(wanted.listener().orElseThrow()), node.nodeName()));
        published
                .filter(service -> wanted.listener()
                        .filter(KubernetesSources::sharesAddress)
                        .isPresent())
                .ifPresent(service -> Thread.ofVirtual().start(() -> SharedAddress.warn(client, service)));
        publisher.ifPresent(each -> each.observe(services -> inbox.post(new Event.ServiceChanged(
                name,
                ListenerPort.addresses(
                        services, wanted.listener().orElseThrow().bind().getPort())))));
        discovery.ifPresent(EndpointDiscovery::start);
        vips.ifPresent(VipWatch::start);
        publisher.ifPresent(each -> start(each, leaving));
        return new ListenerSources(wanted, discovery, vips, publisher);
    }

    private void post(Event event) {
        events.increment();
        inbox.post(event);
    }

    private static boolean sharesAddress(ListenerConfig listener) {
        return listener.isOnDummyInterface() && listener.range().isEmpty();
    }

    private PublishedEndpoint publishedEndpoint(ListenerConfig listener) {
        return new PublishedEndpoint(publishedAddress(listener), listener.range(), binds);
    }

    /**
     * The listener's own address; a VIP-direct one has none that Kubernetes could use, so the interface's stands for
     * it, of the family of the VIPs that it takes.
     */
    private static InetSocketAddress publishedAddress(ListenerConfig listener) {
        if (!listener.vipDirect()) {
            return listener.bind();
        }
        return listener.interfaces().stream()
                .flatMap(KubernetesSources::addresses)
                .filter(address -> !address.isLinkLocalAddress())
                .filter(listener.bind().getAddress().getClass()::isInstance)
                .findFirst()
                .map(address -> new InetSocketAddress(address, listener.bind().getPort()))
                .orElseThrow(() -> new IllegalStateException(String.join(", ", listener.interfaces())
                        + ": no address to publish for the VIP-direct listener " + listener.name()));
    }

    private static Stream<InetAddress> addresses(String interfaceName) {
        try {
            return Stream.ofNullable(NetworkInterface.getByName(interfaceName))
                    .flatMap(NetworkInterface::inetAddresses);
        } catch (SocketException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * Tells Kubernetes for each listener that publishes whether datagrams may be sent to this node for it; returns at
     * once.
     *
     * @param publishable what to tell of a listener; empty if what was told holds
     * @return the address that Kubernetes has of this node by now, by the listener's name
     */
    Map<String, InetAddress> publish(List<ListenerConfig> listeners, Function<String, Optional<Boolean>> publishable) {
        for (ListenerConfig listener : listeners) {
            Optional.ofNullable(byListener.get(listener.name()))
                    .flatMap(ListenerSources::publisher)
                    .ifPresent(publisher -> publishable.apply(listener.name()).ifPresent(publisher::publish));
        }
        Map<String, InetAddress> addresses = new HashMap<>();
        byListener.forEach((name, sources) -> sources.publisher()
                .flatMap(publisher -> publisher.state().address())
                .ifPresent(address -> addresses.put(name, address)));
        return addresses;
    }

    boolean publishes() {
        return byListener.values().stream()
                .anyMatch(sources -> sources.publisher().isPresent());
    }

    /** Whether kube-proxy goes on with a node that is on its way out; asks the API server, with a time-out. */
    boolean servesTerminatingEndpoints() {
        return TerminatingEndpoints.areServedIn(client, VERSION_TIMEOUT);
    }

    /**
     * Tells Kubernetes that this node is on its way out; waits for all publishers together no longer than the time-out.
     */
    void withdraw(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<ReadinessPublisher> publishers = byListener.values().stream()
                .flatMap(sources -> sources.publisher().stream())
                .toList();
        publishers.forEach(publisher -> publisher.withdraw(Duration.ZERO));
        for (ReadinessPublisher publisher : publishers) {
            publisher.withdraw(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    /** How it goes; any thread may ask. */
    Status status() {
        ShownSources now = shown;
        Map<String, PublicationStatus> published = new HashMap<>();
        now.sources().forEach(sources -> sources.publisher().ifPresent(publisher -> {
            PublisherState state = publisher.state();
            published.put(sources.wanted().name(), new PublicationStatus(state.published(), state.address()));
        }));
        return new Status(now.watches(events.sum()), published);
    }

    @Override
    public void close() {
        byListener.values().forEach(ListenerSources::close);
        retirements.underWay().forEach(ReadinessPublisher::end);
        byListener.clear();
        client.close();
    }
}
