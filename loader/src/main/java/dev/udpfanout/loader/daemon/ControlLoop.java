package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.SelectedSets;
import dev.udpfanout.loader.control.SelectedSets.Selected;
import dev.udpfanout.loader.control.UnusableEndpoints;
import dev.udpfanout.loader.control.Withdrawals;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.kubernetes.services.ServicesInForce;
import dev.udpfanout.loader.status.Readiness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what is known into what is in force. Belongs to one thread; others read what {@link #known()} and
 * {@link #inForce()} returned at the end of a turn, which are never changed afterwards.
 */
final class ControlLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final Datapath datapath;
    private final EndpointSelection selection;
    private final Consumer<Duration> onEndpointsUpdated;
    private final Map<String, List<DiscoveredEndpoint>> discovered = new HashMap<>();
    private final RefusedEndpoints refused = new RefusedEndpoints();
    private final UnusableEndpoints unusable = new UnusableEndpoints();
    private final AdoptedEndpoints adopted;
    private final SelectedSets selected;
    private final Map<String, Set<InetAddress>> vips = new HashMap<>();
    private Map<String, List<DiscoveredEndpoint>> known = Map.of();
    /** As applied; the datapath may have left endpoints of them out. */
    private Map<String, EndpointSet> applied = Map.of();

    private Config config;

    /** @param onEndpointsUpdated told how long it took from an event to the set in force */
    ControlLoop(Config config, Datapath datapath, EndpointSelection selection, Consumer<Duration> onEndpointsUpdated) {
        this.config = config;
        refused.use(config.listeners());
        this.datapath = datapath;
        this.adopted = new AdoptedEndpoints(datapath);
        this.selection = selection;
        this.selected = new SelectedSets(selection, unusable, refused::without);
        this.onEndpointsUpdated = onEndpointsUpdated;
    }

    /**
     * What is known of each listener's endpoints: of one whose source has not answered yet, those that an earlier
     * daemon left in force. A listener of which nothing is known is not in it.
     */
    Map<String, List<DiscoveredEndpoint>> known() {
        return union(adopted.known(), known);
    }

    private static <T> Map<String, T> union(Map<String, T> one, Map<String, T> other) {
        Map<String, T> all = new HashMap<>(one);
        all.putAll(other);
        return Map.copyOf(all);
    }

    /** The VIPs that are known, by listener. */
    Map<String, Set<InetAddress>> vips() {
        return Map.copyOf(vips);
    }

    /** The endpoint sets in force, by listener: without endpoints that the datapath cannot send to. */
    Map<String, EndpointSet> inForce() {
        Map<String, EndpointSet> inForce = applied.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> withoutLeftOut(entry.getValue())));
        return union(adopted.sets(), inForce);
    }

    private EndpointSet withoutLeftOut(EndpointSet set) {
        return set.without(datapath.leftOut(set.listener()));
    }

    void discovered(Event.Discovered event) {
        if (!isConfigured(event.listener())) {
            // Reported before the configuration changed: should the listener come back, this would be out of date.
            return;
        }
        discovered.put(event.listener(), event.endpoints());
        select();
        onEndpointsUpdated.accept(Duration.ofNanos(System.nanoTime() - event.atNanos()));
    }

    void vips(Event.Vips event) {
        vips.put(event.listener(), Set.copyOf(event.addresses()));
        datapath.setVips(event.listener(), event.addresses());
    }

    void service(Event.ServiceChanged event) {
        datapath.setService(event.listener(), event.addresses());
    }

    void peers(Event.PeersChanged event) {
        datapath.setPeers(event.peers());
    }

    /** Takes over what annotated Services have, whose listeners {@link #configure} has been told of. */
    void services(ServicesInForce services) {
        discovered.putAll(services.endpoints());
        datapath.together(() -> {
            Failures failures = new Failures();
            failures.collect(this::select);
            services.addresses()
                    .forEach((name, addresses) -> failures.collect(() -> vips(new Event.Vips(name, addresses))));
            failures.throwIfAny();
        });
    }

    /** Takes the endpoints that are down out, and those that are not in again. */
    void health(Set<InetSocketAddress> nowDown) {
        unusable.down(nowDown);
        selected.forget();
        select();
    }

    /**
     * Takes the endpoints out whose link is down, and those in again whose link is not.
     *
     * @return the addresses that were not cut off before
     */
    Set<InetAddress> links(Set<InetAddress> nowCutOff) {
        Set<InetAddress> fresh = unusable.cutOff(nowCutOff);
        selected.forget();
        if (!fresh.isEmpty()) {
            LOG.atWarn().addKeyValue("endpoints", fresh).log("the link to these endpoints is down");
        }
        select();
        return fresh;
    }

    /**
     * Uses another configuration from now on; listeners that are the same in both lose nothing.
     *
     * @param services whose listeners are among those of the configuration: what they have is in force with them
     */
    void configure(Config newConfig, ServicesInForce services) {
        Map<String, Optional<KubernetesSource>> before = sources();
        config = newConfig;
        if (refused.use(config.listeners())) {
            selected.forget();
        }
        Map<String, Optional<KubernetesSource>> now = sources();
        selected.retain(now.keySet());
        // What another Service's endpoints were is no answer; until there is one, what is in force stays.
        discovered.keySet().removeIf(name -> !before.get(name).equals(now.get(name)));
        vips.keySet().retainAll(now.keySet());
        discovered.putAll(services.endpoints());
        vips.putAll(services.addresses());
        datapath.configure(config.listeners(), targets());
        select();
    }

    /** What is known for the listeners, before any of it is applied. */
    private ListenerTargets targets() {
        List<EndpointSet> wanted = new ArrayList<>();
        sets().forEach(receivers -> selected(receivers).ifPresent(each -> wanted.add(each.set())));
        return new ListenerTargets(Withdrawals.first(applied, wanted), vips);
    }

    /** Empty as long as the source of a set has not answered. */
    private Optional<Selected> selected(ReceiverSet receivers) {
        Optional<List<DiscoveredEndpoint>> known = Optional.ofNullable(discovered.get(receivers.name()));
        return selected.of(receivers, known, config.health().onAllUnhealthy());
    }

    private Map<String, Optional<KubernetesSource>> sources() {
        return sets().stream().collect(Collectors.toMap(ReceiverSet::name, ReceiverSet::kubernetes));
    }

    /** The listeners, and their mirrors, whose receivers are found and chosen like theirs. */
    private List<ReceiverSet> sets() {
        return ListenerConfig.receiverSets(config.listeners());
    }

    private boolean isConfigured(String set) {
        return sets().stream().anyMatch(each -> each.name().equals(set));
    }

    /**
     * Works every listener's endpoint set out, and applies those that have changed.
     *
     * @throws RuntimeException the failure of each set that could not be applied; the others are in force
     */
    void select() {
        datapath.together(this::selectAll);
    }

    private void selectAll() {
        List<EndpointSet> wanted = new ArrayList<>();
        Map<String, List<DiscoveredEndpoint>> nowKnown = new HashMap<>();
        Map<String, EndpointSet> nowApplied = new HashMap<>();
        Set<String> unanswered = new HashSet<>();
        for (ReceiverSet receivers : sets()) {
            Optional<Selected> now = selected(receivers);
            if (now.isEmpty()) {
                // Not answered yet: what is in force stays so, be it by us or by an earlier daemon.
                if (applied.containsKey(receivers.name())) {
                    nowApplied.put(receivers.name(), applied.get(receivers.name()));
                    nowKnown.put(receivers.name(), known.getOrDefault(receivers.name(), List.of()));
                } else {
                    unanswered.add(receivers.name());
                }
                continue;
            }
            wanted.add(now.get().set());
            nowKnown.put(receivers.name(), now.get().endpoints());
            Optional.ofNullable(applied.get(receivers.name()))
                    .ifPresent(still -> nowApplied.put(receivers.name(), still));
        }
        Failures failures = new Failures();
        Withdrawals.first(applied, wanted)
                .forEach((name, set) -> failures.collect(() -> {
                    datapath.apply(set);
                    nowApplied.put(name, set);
                }));
        known = Map.copyOf(nowKnown);
        applied = Map.copyOf(nowApplied);
        adopted.of(unanswered);
        failures.throwIfAny();
    }

    /** What is worth probing: every endpoint that would be used if it were well. */
    Set<InetSocketAddress> probeTargets() {
        return sets().stream()
                .flatMap(set -> selection.candidates(set, known.getOrDefault(set.name(), List.of())).stream())
                .map(DiscoveredEndpoint::address)
                .collect(Collectors.toSet());
    }

    /** Where a way straight into the pod is of use: the endpoints in force of listeners that are to take it. */
    Set<InetAddress> peerTargets() {
        return sets().stream()
                .filter(set -> set.localDelivery() != LocalDelivery.NEIGH)
                .flatMap(set -> Optional.ofNullable(applied.get(set.name())).stream())
                .flatMap(set -> set.endpoints().stream())
                .map(endpoint -> endpoint.address().getAddress())
                .collect(Collectors.toSet());
    }

    /** Whether this node can serve every listener of the file, or the first that it cannot, and why. */
    Readiness readiness() {
        return config.listeners().stream()
                .filter(listener -> !listener.isOfService())
                .map(ListenerConfig::name)
                .filter(name -> !isReady(name))
                .findFirst()
                .map(name -> Readiness.notReady(
                        "listener " + name + " is " + datapath.state(name).fault()))
                .orElse(Readiness.READY);
    }

    /** Whether datagrams may be sent to this node for a listener: they reach the datapath, and there is where to go. */
    boolean isReady(String listener) {
        EndpointSet set = applied.get(listener);
        boolean hasWhereToGo = set == null
                ? !adopted.known().getOrDefault(listener, List.of()).isEmpty()
                : !withoutLeftOut(set).endpoints().isEmpty();
        return hasWhereToGo && datapath.state(listener).attached();
    }

    /**
     * What to publish of a listener's readiness; not that it is ready while connection tracking would lead senders past
     * it; and nothing while it serves with what an earlier daemon left, and its source has not answered: what that
     * daemon published holds, and to withdraw it would send the VIP away from a node that works.
     */
    Optional<Boolean> publishable(String listener) {
        boolean isCarriedOn = !applied.containsKey(listener)
                && !adopted.known().containsKey(listener)
                && datapath.hasAdopted(listener)
                && datapath.state(listener).attached();
        boolean isReady = isReady(listener);
        boolean isEarly = isReady && !datapath.isTrackingClear(listener);
        return isCarriedOn || isEarly ? Optional.empty() : Optional.of(isReady);
    }
}
