package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.kubernetes.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.KubernetesClients;
import dev.udpfanout.loader.kubernetes.NodeIdentity;
import dev.udpfanout.loader.kubernetes.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.ServiceName;
import dev.udpfanout.loader.kubernetes.VipWatch;
import dev.udpfanout.loader.kubernetes.WatchState;
import dev.udpfanout.loader.status.WatchStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What listeners have going with Kubernetes: discovery, VIP watch and publisher, started and ended as the configuration changes. */
final class KubernetesSources implements AutoCloseable {
    private static final Duration RETIRE_TIMEOUT = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final NodeIdentity node;
    private final Inbox inbox;
    private final LongAdder events = new LongAdder();
    private final Map<String, Sources> byListener = new LinkedHashMap<>();

    private KubernetesSources(KubernetesClient client, NodeIdentity node, Inbox inbox) {
        this.client = client;
        this.node = node;
        this.inbox = inbox;
    }

    /** Of one listener, with the configuration that they were started for. */
    private record Sources(
            ListenerConfig listener,
            Optional<EndpointDiscovery> discovery,
            Optional<VipWatch> vips,
            Optional<ReadinessPublisher> publisher) {
        void close() {
            discovery.ifPresent(EndpointDiscovery::close);
            vips.ifPresent(VipWatch::close);
            publisher.ifPresent(ReadinessPublisher::close);
        }
    }

    static boolean isNeededBy(List<ListenerConfig> listeners) {
        return ListenerConfig.withMirrors(listeners).stream().anyMatch(KubernetesSources::concerns);
    }

    private static boolean concerns(ListenerConfig listener) {
        return listener.kubernetes().isPresent() || listener.publish().isPresent();
    }

    /** Makes a client; nothing is asked of the API server yet. */
    static KubernetesSources connect(NodeIdentity node, Inbox inbox) {
        return new KubernetesSources(KubernetesClients.connect(), node, inbox);
    }

    /** Starts what is new, ends what is gone, and leaves alone what is the same. */
    void update(List<ListenerConfig> listeners) {
        Map<String, ListenerConfig> wanted = new LinkedHashMap<>();
        ListenerConfig.withMirrors(listeners).stream()
                .filter(KubernetesSources::concerns)
                .forEach(each -> wanted.put(each.name(), each));
        for (String name : new HashSet<>(byListener.keySet())) {
            if (!wanted.containsKey(name) || !isSame(byListener.get(name).listener(), wanted.get(name))) {
                retire(byListener.remove(name), wanted);
            }
        }
        wanted.forEach((name, listener) -> byListener.computeIfAbsent(name, absent -> start(listener)));
    }

    /** Nobody is told any more whether this node is ready for a Service that no listener publishes: so say that it is not. */
    private void retire(Sources sources, Map<String, ListenerConfig> wanted) {
        boolean goesOn = wanted.values().stream()
                .anyMatch(listener -> publication(listener).equals(publication(sources.listener())));
        if (goesOn || sources.publisher().isEmpty()) {
            sources.close();
            return;
        }
        ReadinessPublisher publisher = sources.publisher().get();
        new Sources(sources.listener(), sources.discovery(), sources.vips(), Optional.empty()).close();
        // Waits for the API server, which the control loop must not.
        Thread.ofVirtual().name("retire-" + sources.listener().name()).start(() -> {
            publisher.withdraw(RETIRE_TIMEOUT);
            publisher.close();
        });
    }

    /** Which EndpointSlice a listener keeps. */
    private record Publication(ServiceName service, int port, boolean isIpv6) {}

    private Optional<Publication> publication(ListenerConfig listener) {
        InetSocketAddress bind = listener.bind();
        return listener.publish()
                .map(target -> new Publication(
                        node.service(target.namespace(), target.service()),
                        bind.getPort(),
                        bind.getAddress() instanceof Inet6Address));
    }

    private static boolean isSame(ListenerConfig before, ListenerConfig now) {
        return before.kubernetes().equals(now.kubernetes())
                && before.publish().equals(now.publish())
                && before.vipDirect() == now.vipDirect()
                && before.bind().equals(now.bind())
                && before.interfaces().equals(now.interfaces());
    }

    private Sources start(ListenerConfig listener) {
        String name = listener.name();
        Optional<EndpointDiscovery> discovery = listener.kubernetes()
                .map(source -> new EndpointDiscovery(
                        client,
                        node.service(source.namespace(), source.service()),
                        source.port(),
                        endpoints -> post(new Event.Discovered(name, endpoints))));
        Optional<ServiceName> published =
                listener.publish().map(target -> node.service(target.namespace(), target.service()));
        Optional<VipWatch> vips = published
                .filter(service -> listener.vipDirect())
                .map(service -> new VipWatch(client, service, addresses -> post(new Event.Vips(name, addresses))));
        Optional<ReadinessPublisher> publisher = published.map(
                service -> new ReadinessPublisher(client, service, publishedAddress(listener), node.nodeName()));
        discovery.ifPresent(EndpointDiscovery::start);
        vips.ifPresent(VipWatch::start);
        publisher.ifPresent(ReadinessPublisher::start);
        return new Sources(listener, discovery, vips, publisher);
    }

    private void post(Event event) {
        events.increment();
        inbox.post(event);
    }

    /** The listener's own address; a VIP-direct one has none that Kubernetes could use, so the interface's stands for it. */
    private static InetSocketAddress publishedAddress(ListenerConfig listener) {
        if (!listener.vipDirect()) {
            return listener.bind();
        }
        return listener.interfaces().stream()
                .flatMap(KubernetesSources::addresses)
                .filter(address -> !address.isLinkLocalAddress())
                // IPv4 first: a node with both families has its Services' endpoints in it, unless told otherwise.
                .min(Comparator.comparing(Inet6Address.class::isInstance))
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

    /** The zone that this node is in, if the API server tells; asks it, with a time-out. */
    Optional<String> zone() {
        return node.zone(client);
    }

    /** Tells Kubernetes whether datagrams may be sent to this node for a listener; returns at once. */
    void publish(String listener, boolean ready) {
        Sources sources = byListener.get(listener);
        if (sources != null) {
            sources.publisher().ifPresent(publisher -> publisher.publish(ready));
        }
    }

    boolean publishes() {
        return byListener.values().stream()
                .anyMatch(sources -> sources.publisher().isPresent());
    }

    /** Tells Kubernetes that this node is on its way out; waits for all publishers together no longer than the time-out. */
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

    /** All watches taken together. */
    WatchStatus status() {
        List<WatchState> states = new ArrayList<>();
        byListener.values().forEach(sources -> {
            sources.discovery().ifPresent(discovery -> states.add(discovery.state()));
            sources.vips().ifPresent(watch -> states.add(watch.state()));
            sources.publisher().ifPresent(publisher -> states.add(publisher.watchState()));
        });
        Optional<Instant> last =
                states.stream().flatMap(state -> state.lastEvent().stream()).max(Instant::compareTo);
        return new WatchStatus(
                states.stream().allMatch(WatchState::connected),
                states.stream().allMatch(WatchState::synced),
                events.sum(),
                states.stream().mapToLong(WatchState::relists).sum(),
                states.stream().mapToLong(WatchState::errors).sum(),
                last.map(instant -> Duration.between(instant, Instant.now())));
    }

    @Override
    public void close() {
        byListener.values().forEach(Sources::close);
        byListener.clear();
        client.close();
    }
}
