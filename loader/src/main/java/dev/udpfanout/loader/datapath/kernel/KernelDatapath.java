package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.datapath.kernel.attach.AttachPoint;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.kernel.maps.Counters;
import dev.udpfanout.loader.datapath.kernel.maps.EndpointCounters;
import dev.udpfanout.loader.datapath.kernel.maps.FlowSweep;
import dev.udpfanout.loader.datapath.kernel.maps.FlowTable;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerKeyPlan;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerKeys;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerRules;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerSets;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.maps.LocalAddresses;
import dev.udpfanout.loader.datapath.kernel.maps.Mirrors;
import dev.udpfanout.loader.datapath.kernel.maps.Peers;
import dev.udpfanout.loader.datapath.kernel.maps.Slots;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datapath in the kernel: mode {@code tc_ebpf}. What an earlier daemon left in the maps stays in force until there
 * is something better: a listener that this one has no endpoints for yet goes on with those that it had.
 */
public final class KernelDatapath implements SwitchableDatapath {
    private static final Logger LOG = LoggerFactory.getLogger(KernelDatapath.class);

    private final Network network;
    private final KernelProgram program;
    private final Optional<Pins> pins;
    private final RepairLog repairs = new RepairLog();
    private final Slots slots;
    private final ListenerKeys listenerKeys;
    private final ListenerSets listenerSets;
    private final ListenerRules listenerRules;
    private final LocalAddresses localAddresses;
    private final ListenerTables tables;
    private final Mirrors mirrors;
    private final Counters counters;
    private final Set<String> adopted;
    private final Peers peers;
    private final FlowTable flowTable;
    private final Replies replies;
    private final FlowSweep sweep;
    /**
     * Served by the program of another version, whose endpoint tables cannot be read here, until this one has
     * endpoints.
     */
    private final Set<String> servedByOther = new HashSet<>();

    private final Map<String, EndpointSet> inForce = new HashMap<>();
    private Map<InetAddress, LocalPeer> knownPeers = Map.of();
    private final Map<String, Map<InetAddress, Integer>> peersInForce = new HashMap<>();
    private final Map<String, Set<InetAddress>> vips = new HashMap<>();
    /** Replaced whole, never changed: {@link #counters()} is for any thread. */
    private volatile Map<String, ListenerConfig> listeners = Map.of();
    /** Their receivers, and their mirrors': whatever has a slot, and endpoints. Replaced whole, as above. */
    private volatile Map<String, ReceiverSet> sets = Map.of();

    private List<AttachPoint> attachPoints = List.of();
    private boolean interfacesFound;
    private boolean leftoversRemoved;

    /**
     * Takes the network and the program over, and closes both at the end. Nothing is attached before the first
     * {@link #reconcile()}.
     *
     * @param pins where links are pinned; the program's maps are pinned there too
     */
    public KernelDatapath(List<ListenerConfig> listeners, KernelProgram program, Network network, Optional<Pins> pins) {
        this.network = network;
        this.program = program;
        this.pins = pins;
        EndpointCounters endpointCounters = new EndpointCounters(program);
        this.slots = new Slots(program, endpointCounters);
        this.listenerKeys = new ListenerKeys(program.map(SharedMaps.LISTENERS));
        this.listenerSets = new ListenerSets(program.map(SharedMaps.LISTENER_SETS));
        this.listenerRules = new ListenerRules(program);
        this.localAddresses = new LocalAddresses(program);
        this.tables = new ListenerTables(program, endpointCounters, pins);
        this.mirrors = new Mirrors(slots, tables);
        this.peers = new Peers(program);
        this.flowTable = new FlowTable(program.map(SharedMaps.FLOWS), program.flowsConfig(), pins);
        this.replies = new Replies(flowTable, program, network, repairs, pins);
        this.counters = new Counters(program, endpointCounters);
        this.sweep = FlowSweep.start(flowTable, program.flowsConfig(), counters);
        this.adopted = slots.names().stream()
                .filter(name -> slots.of(name).filter(tables::has).isPresent())
                .collect(Collectors.toCollection(HashSet::new));
        if (pins.map(Pins::otherLayouts).filter(layouts -> !layouts.isEmpty()).isPresent()) {
            servedByOther.addAll(slots.names());
            servedByOther.removeAll(adopted);
        }
        use(listeners);
    }

    @Override
    public boolean hasAdopted(String listener) {
        return adopted.contains(listener) || servedByOther.contains(listener);
    }

    @Override
    public Optional<List<InetSocketAddress>> adopted(String listener) {
        boolean isTheirs = adopted.contains(listener) && !inForce.containsKey(listener);
        return isTheirs ? slots.of(listener).flatMap(tables::read) : Optional.empty();
    }

    @Override
    public void configure(List<ListenerConfig> newListeners, ListenerTargets targets) {
        List<AttachPoint> gone = new ArrayList<>(attachPoints);
        Map<String, ReceiverSet> setsBefore = sets;
        use(newListeners);
        gone.removeAll(attachPoints);
        gone.forEach(point -> successor(point).ifPresent(next -> next.takeOver(point)));
        Failures failures = new Failures();
        // Before any listener's entry is written: one that goes by another kind of table from now on has it by then.
        sets.forEach((name, set) -> failures.collect(() -> changeKind(setsBefore.get(name), set)));
        // Before anything is attached or steered: a new listener's first datagram finds its endpoints.
        targets.endpoints().values().forEach(set -> failures.collect(() -> apply(set)));
        targets.vips().forEach((name, addresses) -> failures.collect(() -> setVips(name, addresses)));
        failures.collect(this::reconcile);
        gone.stream().filter(point -> successor(point).isEmpty()).forEach(point -> failures.collect(point::disconnect));
        failures.collect(() -> slots.retain(sets.keySet()));
        failures.throwIfAny();
    }

    private void changeKind(ReceiverSet before, ReceiverSet now) {
        EndpointSet endpoints = inForce.get(now.name());
        if (before != null && endpoints != null && ListenerTables.differ(before, now, endpoints)) {
            tables.replace(now, slot(now.name()), endpoints, peersInForce.getOrDefault(now.name(), Map.of()));
        }
    }

    private Optional<AttachPoint> successor(AttachPoint gone) {
        return attachPoints.stream()
                .filter(point -> point.interfaceName().equals(gone.interfaceName()))
                .findFirst();
    }

    private void use(List<ListenerConfig> newListeners) {
        listeners = byName(newListeners, ListenerConfig::name);
        sets = byName(ListenerConfig.receiverSets(newListeners), ReceiverSet::name);
        slots.assign(sets.keySet());
        inForce.keySet().retainAll(sets.keySet());
        peersInForce.keySet().retainAll(sets.keySet());
        servedByOther.retainAll(listeners.keySet());
        vips.keySet().retainAll(listeners.keySet());
        placePeers();
        Map<AttachPoint.Key, AttachPoint> present =
                attachPoints.stream().collect(Collectors.toMap(AttachPoint::key, point -> point));
        Map<AttachPoint.Key, List<ListenerConfig>> byPlace = new LinkedHashMap<>();
        newListeners.forEach(listener -> AttachPoint.Key.of(listener)
                .forEach(key ->
                        byPlace.computeIfAbsent(key, none -> new ArrayList<>()).add(listener)));
        List<AttachPoint> points = new ArrayList<>();
        byPlace.forEach((key, ofKey) -> {
            AttachPoint point =
                    present.containsKey(key) ? present.get(key) : new AttachPoint(key, program, network, repairs, pins);
            point.setListeners(ofKey);
            points.add(point);
        });
        attachPoints = List.copyOf(points);
    }

    private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
        return all.stream().collect(Collectors.toMap(name, each -> each, (first, second) -> first, LinkedHashMap::new));
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet endpoints) {
        ReceiverSet set = sets.get(endpoints.listener());
        if (set == null) {
            return CompletableFuture.completedStage(null);
        }
        Map<InetAddress, Integer> direct = set.localDelivery() == LocalDelivery.PEER ? peers.of(endpoints) : Map.of();
        boolean isSame = endpoints.equals(inForce.get(set.name()));
        boolean isSameWay = direct.equals(peersInForce.getOrDefault(set.name(), Map.of()));
        if (isSame && isSameWay) {
            return CompletableFuture.completedStage(null);
        }
        if (interfacesFound) {
            replies.expect(set, endpoints, listeners.values());
        }
        CompletionStage<Void> oldIsUnused = tables.replace(set, slot(set.name()), endpoints, direct);
        inForce.put(set.name(), endpoints);
        peersInForce.put(set.name(), direct);
        if (!isSame) {
            report(set, "endpoints", endpoints.endpoints().size(), "updated tc_ebpf downstream set");
        }
        if (!isSameWay) {
            report(set, "pods", direct.size(), "delivers straight into pods of this node");
        }
        setListenerKeys();
        if (servedByOther.remove(endpoints.listener()) && interfacesFound) {
            adopted.add(endpoints.listener());
            reconcile();
        }
        return oldIsUnused;
    }

    private static void report(ReceiverSet set, String what, int count, String message) {
        LOG.atInfo()
                .addKeyValue("listener_id", set.listenerId())
                .addKeyValue(what, count)
                .log(message);
    }

    @Override
    public void setPeers(Map<InetAddress, LocalPeer> known) {
        knownPeers = Map.copyOf(known);
        placePeers();
        Failures failures = new Failures();
        List.copyOf(inForce.values()).forEach(set -> failures.collect(() -> apply(set)));
        failures.throwIfAny();
    }

    /** Where no listener is to go by them, the maps hold none: nor does a table then that is an earlier daemon's. */
    private void placePeers() {
        boolean areWanted = sets.values().stream().anyMatch(set -> set.localDelivery() == LocalDelivery.PEER);
        peers.set(areWanted ? knownPeers : Map.of());
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        ListenerConfig config = listeners.get(listener);
        if (config == null || addresses.equals(vips.put(listener, Set.copyOf(addresses)))) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("listener_id", config.id())
                .addKeyValue("vips", addresses)
                .log("updated the VIPs of a listener");
        setListenerKeys();
    }

    @Override
    public void reconcile() {
        Failures failures = new Failures();
        for (AttachPoint point : attachPoints) {
            failures.collect(point::findInterface);
        }
        interfacesFound = true;
        failures.collect(() -> localAddresses.set(LocalAddresses.of(network, dummies())));
        failures.collect(this::setListenerKeys);
        failures.collect(() -> replies.reconcile(listeners.values(), inForce));
        for (AttachPoint point : attachPoints) {
            if (isServedByOther(point)) {
                point.leaveToOther(servedByOther);
            } else {
                failures.collect(point::connect);
            }
        }
        failures.throwIfAny();
        if (!leftoversRemoved && servedByOther.isEmpty()) {
            removeLeftovers();
            leftoversRemoved = true;
        }
    }

    private boolean isServedByOther(AttachPoint point) {
        return point.listeners().stream().anyMatch(listener -> servedByOther.contains(listener.name()));
    }

    /** What an earlier daemon had and this one has not, once all that this one has is in place. */
    private void removeLeftovers() {
        Leftovers.removeAllBut(network, attachPoints);
        slots.retain(sets.keySet());
        pins.ifPresent(all -> {
            Leftovers.removePinnedLinksBut(all, attachPoints);
            all.removeOtherLayouts();
        });
    }

    private Set<Integer> dummies() {
        return attachPoints.stream()
                .filter(AttachPoint::isDummy)
                .flatMap(point -> point.ifindex().stream())
                .collect(Collectors.toSet());
    }

    private void setListenerKeys() {
        if (!interfacesFound) {
            // Not knowing any interface yet, it would take away what an earlier daemon has left working.
            return;
        }
        ListenerKeyPlan plan = new ListenerKeyPlan(listenerKeys.inForce(), localAddresses.inForce());
        for (AttachPoint point : attachPoints) {
            point.ifindex().ifPresent(ifindex -> {
                for (ListenerConfig listener : point.listeners()) {
                    plan.add(
                            listener,
                            entry(listener),
                            ifindex,
                            Optional.ofNullable(vips.get(listener.name())),
                            Mirrors.sentTo(listener, inForce));
                }
            });
        }
        Map<Integer, ListenerConfig> bySlot = listeners.values().stream()
                .collect(Collectors.toMap(listener -> slot(listener.name()), listener -> listener));
        replies.provideFlows(listeners.values());
        listenerRules.apply(
                bySlot,
                mirrors.entries(listeners.values()),
                listenerKeys.inForce().values(),
                () -> {
                    listenerKeys.set(plan.entries());
                    listenerSets.set(plan.entries(), dummies());
                });
        bySlot.forEach((slot, listener) -> tables.removeUnused(listener.receivers(), slot));
        tables.retainSticky(slot -> bySlot.containsKey(slot) && bySlot.get(slot).replies());
        replies.removeUnusedFlows(listeners.values());
    }

    private ListenerEntry entry(ListenerConfig listener) {
        int slot = slot(listener.name());
        return ListenerRules.entry(
                listener,
                slot,
                tables.flags(listener.receivers(), slot),
                mirrors.slot(listener).isPresent());
    }

    private int slot(String set) {
        return slots.of(set).orElseThrow();
    }

    @Override
    public ListenerState state(String listener) {
        List<InterfaceState> interfaces = attachPoints.stream()
                .filter(point -> point.listeners().stream()
                        .anyMatch(config -> config.name().equals(listener)))
                .map(point -> new InterfaceState(
                        point.interfaceName(), point.isConnected() || isServedByOther(point), point.attachment()))
                .toList();
        if (interfaces.isEmpty()) {
            throw new IllegalArgumentException("no listener " + listener);
        }
        return ListenerState.on(interfaces);
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        Map<String, ListenerCounters> all = new LinkedHashMap<>();
        sets.keySet().forEach(name -> slots.of(name)
                .ifPresent(slot -> all.put(name, counters.read(slot, hasReplies(name)))));
        return all;
    }

    @Override
    public Optional<ProcessingTimes> processingTimes() {
        return Optional.of(counters.processingTimes());
    }

    private boolean hasReplies(String set) {
        return Optional.ofNullable(sets.get(set)).map(ReceiverSet::replies).orElse(false);
    }

    @Override
    public Optional<FlowCounters> flows() {
        return sweep.counters();
    }

    @Override
    public Map<String, Long> repairs() {
        return repairs.counts().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().label(), Map.Entry::getValue));
    }

    @Override
    public void release() {
        attachPoints.forEach(AttachPoint::release);
        attachPoints = List.of();
        replies.release();
        close();
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        boolean isReleased = attachPoints.isEmpty();
        for (AttachPoint point : attachPoints) {
            failures.collect(point::disconnect);
        }
        attachPoints = List.of();
        failures.collect(replies::close);
        if (!isReleased) {
            pins.ifPresent(all -> failures.collect(all::removeAll));
        }
        failures.collect(sweep::close);
        failures.collect(flowTable::close);
        failures.collect(tables::close);
        failures.collect(program::close);
        failures.collect(network::close);
        failures.throwIfAny();
    }
}
