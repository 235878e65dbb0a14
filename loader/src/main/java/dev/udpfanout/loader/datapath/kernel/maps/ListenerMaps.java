package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Lease;
import dev.udpfanout.loader.datapath.kernel.program.ReversePathMaps;
import dev.udpfanout.loader.datapath.network.BridgeReassembly;
import dev.udpfanout.loader.datapath.network.IpsecPolicies;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.ReversePaths;
import dev.udpfanout.loader.datapath.network.RoleGroup;
import dev.udpfanout.loader.datapath.way.KeptWays;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The maps by which the program knows its listeners: who listens where, by what rules, and who gets copies. They change
 * together, so that the program never finds one that refers to what is not there.
 */
public final class ListenerMaps {
    private final Slots slots;
    private final ListenerTables tables;
    private final Mirrors mirrors;
    private final ListenerKeys keys;
    private final ListenerSets sets;
    private final ListenerRules rules;
    private final LocalAddresses localAddresses;
    private final Lease lease;
    private final IpsecPolicies ipsec = new IpsecPolicies();
    private final KeptWays ways = new KeptWays();
    private PathMtus mtus = PathMtus.UNKNOWN;
    private final ReversePathMaps reversePathMaps;
    private IntFunction<ReversePaths.Filter> reversePaths = ifindex -> ReversePaths.Filter.OFF;
    private Runnable setReversePaths = () -> {};
    private IntPredicate reassembles = ifindex -> false;

    /** Starts from what the maps hold: an earlier daemon may have filled them. */
    public ListenerMaps(KernelProgram program, Slots slots, ListenerTables tables) {
        this.slots = slots;
        this.tables = tables;
        this.mirrors = new Mirrors(slots, tables);
        this.keys = new ListenerKeys(program);
        this.sets = new ListenerSets(program.map(SharedMaps.LISTENER_SETS), program.map(SharedMaps.INTERFACE_GROUPS));
        this.rules = new ListenerRules(program);
        this.localAddresses = new LocalAddresses(program);
        this.lease = new Lease(program);
        this.reversePathMaps = new ReversePathMaps(program);
    }

    /**
     * Has the program know the node's own addresses, and the next plan how each interface judges sources.
     *
     * @param dummies the dummy interfaces: what comes by them the stack has judged
     */
    public void setNetwork(Network network, Set<Integer> dummies) {
        localAddresses.set(LocalAddresses.of(network, dummies));
        keys.forgetKnown();
        ipsec.read();
        ways.read(network);
        reassembles = new BridgeReassembly(network)::isOn;
        ReversePaths read = new ReversePaths(network);
        setReversePaths = () -> reversePathMaps.set(read.groups(), read.nextHops());
        reversePaths = ifindex -> dummies.contains(ifindex) ? ReversePaths.Filter.OFF : read.of(ifindex);
    }

    /**
     * Reads the maps anew, in case somebody else has written to them: what is not as it was left is mended by the next
     * {@link #setNetwork} and {@link #apply}.
     *
     * @return by what the entries are for, how many are not as they were left
     */
    public Map<String, Integer> reread() {
        Map<String, Integer> different = new LinkedHashMap<>();
        different.put("listeners", keys.reread());
        different.put("listeners of fragments", sets.reread());
        different.put("rules of listeners", rules.reread());
        different.put("addresses of this node", localAddresses.reread());
        different.put("interfaces that sources come by", reversePathMaps.reread());
        different.put("names of listeners", slots.mend());
        return different;
    }

    /** Whether the maps by which a datagram finds its listener hold what they were left with. */
    public boolean areIntact() {
        return keys.isIntact() && localAddresses.isIntact() && sets.isIntact();
    }

    /** For how many keys LISTENERS has room. */
    public int keyRoom() {
        return keys.room();
    }

    /** An empty plan of who listens where, for {@link #apply}. */
    public ListenerKeyPlan plan() {
        return new ListenerKeyPlan(keys.inForce(), localAddresses.inForce());
    }

    /** Has the next plan say how large packets may be. */
    public void setMtus(PathMtus known) {
        mtus = known;
    }

    /**
     * What the plan must say of a listener on an interface.
     *
     * @param endpoints of listeners and mirrors, as far as they are known, by name
     */
    public ListenerEntry entry(ListenerConfig listener, int ifindex, Map<String, EndpointSet> endpoints) {
        int slot = slot(listener);
        return ListenerRules.entry(
                        listener,
                        slot,
                        tables.flags(listener.receivers(), slot),
                        mirrors.slot(listener).isPresent())
                .withMtu(mtus.smallestOf(listener), mtus.ofInterface(ifindex))
                .with(reversePath(listener, ifindex))
                .with(reassembly(listener, ifindex))
                .with(ipsec(listener, endpoints))
                .with(ways(listener, endpoints));
    }

    /**
     * Puts a plan in force, and takes away what no listener refers to any more.
     *
     * @param listeners all of them
     * @param dummies the dummy interfaces: nobody else gets what comes by them
     */
    public void apply(ListenerKeyPlan plan, Collection<ListenerConfig> listeners, Set<Integer> dummies) {
        Map<Integer, ListenerConfig> bySlot =
                listeners.stream().collect(Collectors.toMap(this::slot, listener -> listener));
        // Before any entry is strict.
        setReversePaths.run();
        rules.apply(bySlot, mirrors.entries(listeners), keys.inForce().values(), () -> {
            keys.set(plan.entries());
            sets.set(plan.entries(), dummies);
            // Not before: what an earlier daemon has left, and nobody wants any more, must not be prolonged.
            lease.renew(listeners);
        });
        bySlot.forEach((slot, listener) -> tables.removeUnused(listener.receivers(), slot));
        tables.retainSticky(slot -> bySlot.containsKey(slot) && bySlot.get(slot).replies());
    }

    /** How long leased listeners are intercepted from now on without a daemon; negative if that is over. Any thread. */
    public Duration leaseLeft() {
        return lease.left();
    }

    /**
     * Puts a plan in force that is of some listeners only, and leaves those of all others as they are. No rule of these
     * is another than before but who listens where and how it is sent on.
     *
     * @param plan of these listeners, for which there is room
     * @param names theirs; of those that the plan does not have nothing stays
     * @param listeners all of them, by name
     * @param dummies as above
     */
    public void applyOnly(
            ListenerKeyPlan plan, Set<String> names, Map<String, ListenerConfig> listeners, Set<Integer> dummies) {
        Set<Integer> itsSlots =
                names.stream().flatMap(name -> slots.of(name).stream()).collect(Collectors.toSet());
        Set<InetAddress> changed = keys.setOf(itsSlots, plan.entries());
        if (!changed.isEmpty()) {
            sets.setAt(changed, keys.inForce(), dummies);
            lease.renew(listeners.values());
        }
        names.stream()
                .filter(listeners::containsKey)
                .map(listeners::get)
                .forEach(listener -> tables.removeUnused(listener.receivers(), slot(listener)));
    }

    /** Whether LISTENERS has room for the keys of a plan beside those that it holds. */
    public boolean hasRoomFor(ListenerKeyPlan plan) {
        return keys.inForce().size() + plan.entries().size() <= keys.room();
    }

    /** Whether an IPsec policy is for one of a listener's endpoints. */
    public boolean isByIpsec(String listener) {
        return ipsec.cover(listener);
    }

    /** How the program keeps the ways to a listener's endpoints, for people. */
    public String waysKept(String listener) {
        return ways.of(listener);
    }

    /** Endpoints that are not known yet are taken to have a policy: the stack serves all, only slower. */
    private Set<ListenerFlag> ipsec(ListenerConfig listener, Map<String, EndpointSet> known) {
        if (ipsec.isEmpty()) {
            return ipsec.covers(listener.name(), Stream.empty()) ? Set.of(ListenerFlag.BY_STACK) : Set.of();
        }
        Stream<InetSocketAddress> endpoints = addresses(listener, known);
        boolean covers =
                ipsec.covers(listener.name(), endpoints) || !known.keySet().containsAll(sets(listener));
        return covers ? Set.of(ListenerFlag.BY_STACK) : Set.of();
    }

    /** The listener's endpoints, and its mirror's. */
    private static Stream<InetSocketAddress> addresses(ListenerConfig listener, Map<String, EndpointSet> known) {
        return sets(listener).stream()
                .filter(known::containsKey)
                .flatMap(name -> known.get(name).endpoints().stream())
                .map(Endpoint::address);
    }

    private static List<String> sets(ListenerConfig listener) {
        return Stream.concat(
                        Stream.of(listener.name()),
                        listener.mirror().map(mirror -> mirror.receivers().name()).stream())
                .toList();
    }

    private Set<ListenerFlag> ways(ListenerConfig listener, Map<String, EndpointSet> known) {
        Optional<Collection<InetAddress>> endpoints = known.keySet().containsAll(sets(listener))
                ? Optional.of(addresses(listener, known)
                        .map(InetSocketAddress::getAddress)
                        .toList())
                : Optional.empty();
        boolean isIpv4 = listener.bind().getAddress() instanceof Inet4Address;
        return ways.areByEndpoint(listener.name(), isIpv4, endpoints)
                ? Set.of(ListenerFlag.WAYS_BY_ENDPOINT)
                : Set.of();
    }

    /** For IPv6 the kernel has no such filter. */
    private Set<ListenerFlag> reversePath(ListenerConfig listener, int ifindex) {
        if (!(listener.bind().getAddress() instanceof Inet4Address)) {
            return Set.of();
        }
        ReversePaths.Filter filter =
                RoleGroup.of(ifindex).map(RoleGroup::filter).orElseGet(() -> reversePaths.apply(ifindex));
        return switch (filter) {
            case OFF -> Set.of();
            case LOOSE -> Set.of(ListenerFlag.REVERSE_PATH_LOOSE);
            case STRICT -> Set.of(ListenerFlag.REVERSE_PATH_STRICT);
        };
    }

    private Set<ListenerFlag> reassembly(ListenerConfig listener, int ifindex) {
        if (RoleGroup.of(ifindex).isPresent()) {
            // A bridge that puts fragments together is in no group: its ports are.
            return Set.of();
        }
        int interfaceMtuBytes = mtus.ofInterface(ifindex);
        boolean fits = interfaceMtuBytes > 0 && interfaceMtuBytes <= mtus.smallestOf(listener);
        return fits && reassembles.test(ifindex) ? Set.of(ListenerFlag.REASSEMBLED) : Set.of();
    }

    private int slot(ListenerConfig listener) {
        return slots.of(listener.name()).orElseThrow();
    }
}
