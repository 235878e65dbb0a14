package dev.udpfanout.loader.datapath.kernel.pinned;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.ListenerDrops;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.endpoint.HashedEndpoints;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RoleGroup;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the maps that are pinned, each for as long as it is open. */
public final class PinnedState implements AutoCloseable {
    private final Path root;
    private final Network network;
    private final List<BpfMap> open = new ArrayList<>();

    private PinnedState(Path root, Network network) {
        this.root = root;
        this.network = network;
    }

    /**
     * What is in the kernel of the calling thread's network namespace.
     *
     * @param root where the daemon has its pins
     * @return the listeners by name; empty if this version has pinned nothing there
     * @throws dev.udpfanout.bindings.errno.SystemCallException if the kernel refuses to show a map: it takes CAP_BPF
     */
    public static Optional<List<PinnedListener>> read(Path root) {
        try (Network network = Network.open();
                PinnedState state = new PinnedState(root, network)) {
            return state.map(SharedMaps.LISTENER_NAMES).map(names -> state.listeners(names.all()));
        }
    }

    private <M> Optional<M> map(MapDeclaration<M> declaration) {
        Optional<BpfMap> map = BpfMap.openPinned(Pins.map(root, declaration.name()));
        map.ifPresent(open::add);
        return map.map(declaration::open);
    }

    private List<PinnedListener> listeners(List<ListenerName> names) {
        Map<ListenerKey, ListenerEntry> keys =
                map(SharedMaps.LISTENERS).map(map -> map.entries()).orElse(Map.of());
        Map<EndpointCounterKey, Integer> counters =
                map(SharedMaps.ENDPOINT_IDS).map(map -> map.entries()).orElse(Map.of());
        Optional<PerCpuArrayMap<ListenerStats>> stats = map(SharedMaps.STATS);
        Optional<PerCpuArrayMap<ListenerDrops>> drops = map(SharedMaps.DROPS);
        Optional<PerCpuArrayMap<EndpointStats>> sent = map(SharedMaps.ENDPOINT_STATS);
        Map<Integer, PinnedHook> hooks = new HashMap<>();
        List<PinnedListener> listeners = new ArrayList<>();
        for (int slot = 0; slot < names.size(); slot++) {
            if (names.get(slot).equals(ListenerName.NONE)) {
                continue;
            }
            int of = slot;
            listeners.add(new PinnedListener(
                    names.get(slot).name(),
                    places(slot, keys, hooks),
                    stats.map(map -> map.get(of)).orElse(ListenerStats.ZERO),
                    drops.map(map -> byLabel(map.get(of))).orElse(Map.of()),
                    endpoints(slot, counters, sent),
                    isLeased(slot, keys)));
        }
        listeners.sort(Comparator.comparing(PinnedListener::name));
        return listeners;
    }

    private static boolean isLeased(int slot, Map<ListenerKey, ListenerEntry> keys) {
        return keys.values().stream()
                .anyMatch(each -> each.slot() == slot && each.flags().contains(ListenerFlag.LEASED));
    }

    private List<PinnedListener.Place> places(
            int slot, Map<ListenerKey, ListenerEntry> keys, Map<Integer, PinnedHook> hooks) {
        return keys.entrySet().stream()
                .filter(each ->
                        each.getValue().slot() == slot && !each.getValue().isPass())
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(ListenerKey::ifindex)
                        .thenComparing(key -> key.address().getHostAddress()))
                .map(key -> new PinnedListener.Place(
                        new InetSocketAddress(key.address(), key.port()),
                        hooks.computeIfAbsent(key.ifindex(), this::hook)))
                .toList();
    }

    /** Of a group of interfaces, one on which the program is not, or how many there are. */
    private PinnedHook hook(int ifindex) {
        Optional<RoleGroup> group = RoleGroup.of(ifindex);
        if (group.isEmpty()) {
            return PinnedHook.of(root, network, ifindex);
        }
        List<PinnedHook> members =
                map(SharedMaps.INTERFACE_GROUPS).map(map -> map.entries()).orElse(Map.of()).entrySet().stream()
                        .filter(each -> each.getValue().group() == ifindex)
                        .map(each -> PinnedHook.of(root, network, each.getKey()))
                        .toList();
        return members.stream()
                .filter(member -> !member.isAttached())
                .findFirst()
                .orElseGet(() -> new PinnedHook(
                        members.size()
                                + (members.size() == 1 ? " interface of " : " interfaces of ")
                                + group.get().role().place(),
                        members.stream().map(PinnedHook::attachment).findFirst().orElse(""),
                        ""));
    }

    private static Map<String, Long> byLabel(ListenerDrops drops) {
        Map<String, Long> byLabel = new TreeMap<>();
        for (Map.Entry<DropReason, Long> each : drops.packets().entrySet()) {
            byLabel.put(each.getKey().label(), each.getValue());
        }
        return byLabel;
    }

    private List<PinnedListener.Counted> endpoints(
            int slot, Map<EndpointCounterKey, Integer> counters, Optional<PerCpuArrayMap<EndpointStats>> sent) {
        Set<InetSocketAddress> active = new HashSet<>(table(slot, SharedMaps.ENDPOINTS, EndpointTable.FIRST_PLACE));
        active.addAll(table(slot, SharedMaps.HASH_TABLES, HashedEndpoints.FIRST_PLACE));
        Map<InetSocketAddress, EndpointStats> counted = new HashMap<>();
        active.forEach(each -> counted.put(each, EndpointStats.ZERO));
        counters.forEach((key, index) -> {
            if (key.slot() == slot) {
                counted.put(key.endpoint(), sent.map(map -> map.get(index)).orElse(EndpointStats.ZERO));
            }
        });
        return counted.entrySet().stream()
                .map(each -> new PinnedListener.Counted(each.getKey(), active.contains(each.getKey()), each.getValue()))
                .sorted(Comparator.comparing(each -> each.address().toString()))
                .toList();
    }

    /** The endpoints of the table in force; none if another table has its name, since a daemon ended in mid-change. */
    private List<InetSocketAddress> table(int slot, MapDeclaration<ArrayOfMaps> declaration, int firstPlace) {
        Optional<Integer> id = map(declaration).flatMap(map -> map.idAt(slot));
        Optional<InnerMap> table = InnerMap.openPinned(Pins.map(root, declaration.name() + "_" + slot));
        if (table.isEmpty()) {
            return List.of();
        }
        try (InnerMap each = table.get()) {
            if (!id.equals(Optional.of(each.id()))) {
                return List.of();
            }
            List<MemorySegment> elements =
                    each.elements(EndpointTable.ELEMENT_CODEC).all();
            return elements.stream()
                    .skip(firstPlace)
                    .limit(EndpointTable.count(elements.getFirst()))
                    .map(EndpointTable::read)
                    .distinct()
                    .toList();
        }
    }

    @Override
    public void close() {
        open.forEach(BpfMap::close);
    }
}
