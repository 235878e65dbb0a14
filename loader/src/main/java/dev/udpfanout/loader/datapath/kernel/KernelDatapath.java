package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.RoleInterfaces;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.datapath.kernel.attach.AttachPoints;
import dev.udpfanout.loader.datapath.kernel.maps.Counters;
import dev.udpfanout.loader.datapath.kernel.maps.EndpointCounters;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerMaps;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.maps.Peers;
import dev.udpfanout.loader.datapath.kernel.maps.Slots;
import dev.udpfanout.loader.datapath.kernel.netflow.NetflowListeners;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RangeRoutes;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.way.Ways;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The datapath in the kernel: mode {@code tc_ebpf}. What an earlier daemon left in the maps stays in force until there
 * is something better: a listener that this one has no endpoints for yet goes on with those that it had.
 */
public final class KernelDatapath implements SwitchableDatapath {
    private final Network network;
    private final KernelProgram program;
    private final Optional<Pins> pins;
    private final RepairLog repairs = new RepairLog();
    private final Slots slots;
    private final ListenerMaps maps;
    private final ListenerTables tables;
    private final Counters counters;
    private final AdoptedListeners earlier;
    private final Replies replies;
    private final NetflowListeners netflow;
    private final EndpointsInForce endpoints;
    private final ListenerWays ways;
    private final IcmpBack icmp;
    private final TamperCheck tamperCheck;
    private final KernelLookout lookout;
    private final AttachPoints attachPoints;
    private final ListenerPlacement placement;
    private final UnservedServices unserved = new UnservedServices(() -> this.listeners);
    private boolean leftoversRemoved;
    private final ListenerVips vips = new ListenerVips();
    /** Replaced whole, never changed: {@link #counters()} is for any thread. */
    private volatile Map<String, ListenerConfig> listeners = Map.of();
    /** Their receivers, and their mirrors': whatever has a slot, and endpoints. Replaced whole, as above. */
    private volatile Map<String, ReceiverSet> sets = Map.of();

    /**
     * Takes the network and the program over, and closes both at the end. Attaches nothing before {@link #reconcile()}.
     *
     * @param config what is remembered of exporters of NetFlow
     * @param pins where links are pinned; the program's maps are pinned there too
     */
    public KernelDatapath(
            List<ListenerConfig> listeners,
            NetflowConfig config,
            KernelProgram program,
            Network network,
            Optional<Pins> pins) {
        this.network = network;
        this.program = program;
        this.pins = pins;
        EndpointCounters endpointCounters = new EndpointCounters(program);
        this.slots = new Slots(program, endpointCounters);
        this.tables = new ListenerTables(program, endpointCounters, pins);
        this.maps = new ListenerMaps(program, slots, tables);
        this.netflow = new NetflowListeners(program, config);
        this.endpoints = new EndpointsInForce(tables, new Peers(program), netflow);
        this.tamperCheck = new TamperCheck(maps, tables, endpoints, program, repairs);
        this.attachPoints = new AttachPoints(program, network, repairs, pins);
        this.counters = new Counters(program, endpointCounters);
        this.replies = new Replies(program, network, repairs, pins, counters);
        this.earlier = new AdoptedListeners(slots, tables, pins);
        this.ways = new ListenerWays(new Ways(network), this::adopted, attachPoints);
        maps.setMtus(ways);
        this.icmp = new IcmpBack(program, network, repairs, pins, slots, attachPoints);
        this.lookout = new KernelLookout(
                repairs, maps, tables, program, attachPoints::areHeld, replies::areHeld, icmp::areHeld);
        this.placement = new ListenerPlacement(
                maps, attachPoints, endpoints, vips, ways, replies, icmp, tamperCheck, unserved, () -> this.listeners);
        use(listeners);
    }

    @Override
    public boolean hasAdopted(String listener) {
        return earlier.has(listener);
    }

    @Override
    public Optional<List<InetSocketAddress>> adopted(String listener) {
        return endpoints.sets().containsKey(listener) ? Optional.empty() : earlier.endpoints(listener);
    }

    @Override
    public void configure(List<ListenerConfig> newListeners, ListenerTargets targets) {
        RangeRoutes.requireFree(network, newListeners);
        Map<String, ListenerConfig> listenersBefore = listeners;
        Map<String, ReceiverSet> setsBefore = sets;
        AttachPoints.Change change = use(newListeners);
        Failures failures = new Failures();
        // Before any listener's entry is written: one that goes by another kind of table from now on has it by then.
        sets.forEach((name, set) -> failures.collect(() ->
                unserved.tolerate(set, () -> endpoints.changeKind(setsBefore.get(name), set, slots.required(name)))));
        // Before anything is attached or steered: a new listener's first datagram finds its endpoints.
        failures.collect(() -> placement.together(() -> {
            targets.endpoints().values().forEach(set -> failures.collect(() -> apply(set)));
            targets.vips().forEach((name, addresses) -> failures.collect(() -> setVips(name, addresses)));
            placement.listenersChanged(listenersBefore);
        }));
        failures.collect(change.isAny() || !placement.areInterfacesFound() ? this::reconcile : () -> {});
        change.gone().forEach(point -> failures.collect(point::disconnect));
        failures.collect(() -> slots.retain(sets.keySet()));
        failures.throwIfAny();
    }

    private AttachPoints.Change use(List<ListenerConfig> newListeners) {
        listeners = ByName.of(newListeners, ListenerConfig::name);
        sets = ByName.of(ListenerConfig.receiverSets(newListeners), ReceiverSet::name);
        netflow.use(newListeners, slots.assign(sets.keySet()), slots::required);
        endpoints.retain(sets.keySet());
        unserved.retain(sets.keySet());
        earlier.retainServedByOther(listeners.keySet());
        vips.retain(listeners.keySet());
        endpoints.placePeers(sets.values());
        return attachPoints.use(newListeners);
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet wanted) {
        ReceiverSet set = sets.get(wanted.listener());
        if (set == null) {
            return CompletableFuture.completedStage(null);
        }
        int slot = slots.required(set.name());
        Optional<CompletionStage<Void>> oldIsUnused = unserved.attempt(
                set, () -> endpoints.put(set, slot, wanted, () -> placement.expect(set, wanted)), placement::write);
        if (oldIsUnused.isPresent()) {
            placement.changed(set.name());
            if (earlier.takeFromOther(wanted.listener()) && placement.areInterfacesFound()) {
                tables.settle(slot);
                reconcile();
            }
        }
        return oldIsUnused.orElseGet(() -> CompletableFuture.completedStage(null));
    }

    @Override
    public void together(Runnable changes) {
        placement.together(changes);
    }

    @Override
    public void setPeers(Map<InetAddress, LocalPeer> known) {
        endpoints.know(known, sets.values());
        placement.together(() -> Failures.ofAll(endpoints.copy().stream()
                .map(set -> (Runnable) () -> apply(set))
                .toArray(Runnable[]::new)));
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        placement.setVips(listener, addresses);
    }

    @Override
    public RoleInterfaces roleInterfaces() {
        return placement;
    }

    @Override
    public void setPublished(Map<String, InetAddress> addresses) {
        icmp.setPublished(addresses);
    }

    @Override
    public void reconcile() {
        Failures failures = new Failures();
        attachPoints.findInterfaces(failures);
        placement.interfacesFound();
        failures.collect(() -> tamperCheck.run(sets.values(), set -> slots.required(set.name())));
        failures.collect(() -> ways.refresh(listeners.values(), endpoints.sets()));
        failures.collect(icmp::readAddresses);
        failures.collect(() -> maps.setNetwork(network, attachPoints.dummies()));
        failures.collect(placement::write);
        failures.collect(() -> replies.reconcile(listeners.values(), endpoints.sets()));
        failures.collect(() -> icmp.reconcile(listeners.values(), endpoints.sets(), ways, replies));
        attachPoints.connect(earlier.servedByOther(), failures);
        failures.collect(() -> attachPoints.observe(name -> counters.received(slots.required(name))));
        failures.throwIfAny();
        repairs.seenIntact();
        if (!leftoversRemoved && earlier.servedByOther().isEmpty()) {
            removeLeftovers();
            leftoversRemoved = true;
        }
    }

    /** What an earlier daemon had and this one has not, once all that this one has is in place. */
    private void removeLeftovers() {
        attachPoints.removeLeftovers();
        slots.retain(sets.keySet());
        pins.ifPresent(Pins::removeOtherLayouts);
    }

    @Override
    public ListenerState state(String listener) {
        return unserved.state(listener).orElseGet(() -> attachPoints
                .state(listener, earlier.servedByOther())
                .into(endpoints.podWays(listener))
                .by(ways.states(listener), maps.isByIpsec(listener), maps.waysKept(listener)));
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        Map<String, ListenerCounters> all = new LinkedHashMap<>();
        sets.forEach((name, set) -> slots.of(name)
                .ifPresent(slot -> all.put(name, netflow.addTo(counters.read(slot, set.replies()), name))));
        return all;
    }

    @Override
    public Optional<ProgramCounters> program() {
        return Optional.of(counters.program().leasedFor(leaseLeft()));
    }

    @Override
    public Optional<FlowCounters> flows() {
        return replies.flows();
    }

    private Optional<Duration> leaseLeft() {
        return listeners.values().stream().anyMatch(ListenerConfig::isLeased)
                ? Optional.of(maps.leaseLeft())
                : Optional.empty();
    }

    @Override
    public Map<String, Long> repairs() {
        return repairs.byLabel();
    }

    @Override
    public Optional<Lookout> lookout() {
        return Optional.of(lookout);
    }

    @Override
    public List<FirewallState> firewall() {
        return attachPoints.firewall();
    }

    @Override
    public void release() {
        attachPoints.release();
        replies.release();
        icmp.release();
        close();
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        boolean isReleased = attachPoints.isEmpty();
        attachPoints.disconnect(failures);
        failures.collect(replies::close);
        failures.collect(icmp::close);
        pins.filter(all -> !isReleased).ifPresent(all -> failures.collect(all::removeAll));
        failures.collect(replies::closeFlows);
        failures.collect(netflow::close);
        failures.collect(tables::close);
        failures.collect(program::close);
        failures.collect(network::close);
        failures.throwIfAny();
    }
}
