package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.abi.listener.GroupedInterface;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.InterfaceRole;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.ServedInterface;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.ReversePaths;
import dev.udpfanout.loader.datapath.network.RoleGroup;
import dev.udpfanout.loader.interception.FoundInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interfaces that listeners wait on as groups, and the program on each: hundreds, which come and go with pods. They
 * are told by {@link #find}. An interface is in the map INTERFACE_GROUPS before the program is on it, and until after.
 *
 * <p>The kernel waits for a grace period of RCU for each program that it attaches (tcx_link_prog_attach in
 * kernel/bpf/tcx.c), some 10 ms: so {@link #attachSome} attaches for a while and says whether there is more to do.
 */
final class GroupedPoints {
    private static final Logger LOG = LoggerFactory.getLogger(GroupedPoints.class);
    /** For so long others wait at most. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final Network network;
    private final Optional<Pins> pins;
    /** By interface. */
    private final Hooks<Integer> hooks;

    private final ReconciledMap<Integer, GroupedInterface> map;
    private final Map<Integer, String> faults = new HashMap<>();
    private final Map<InterfaceRole, InterfaceState> states = new HashMap<>(); // thousands of listeners ask
    private Map<InterfaceRole, List<ListenerConfig>> listeners = Map.of();
    private Map<String, List<InterfaceRole>> roles = Map.of();
    private List<FoundInterface> found = List.of();
    private Map<Integer, Link> links = Map.of();
    private Map<Integer, RoleGroup> groups = Map.of();

    GroupedPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.network = network;
        this.pins = pins;
        this.hooks = new Hooks<>(program, network, repairs);
        this.map = new ReconciledMap<>(program.map(SharedMaps.INTERFACE_GROUPS));
    }

    /** Has those of these listeners that wait on roles of interfaces; others are passed over. */
    void use(List<ListenerConfig> all) {
        Map<InterfaceRole, List<ListenerConfig>> byRole = new LinkedHashMap<>();
        Map<String, List<InterfaceRole>> byName = new HashMap<>();
        for (ListenerConfig listener : all) {
            listener.interfaces().stream()
                    .flatMap(name -> InterfaceRole.of(name).stream())
                    .forEach(role -> {
                        byRole.computeIfAbsent(role, none -> new ArrayList<>()).add(listener);
                        byName.computeIfAbsent(listener.name(), none -> new ArrayList<>())
                                .add(role);
                    });
        }
        listeners = byRole;
        roles = byName;
    }

    /** Which interfaces there are from now on; takes effect at {@link #attachSome}. */
    void find(List<FoundInterface> now) {
        Set<Integer> known = groups.keySet();
        found = List.copyOf(now);
        read(known);
    }

    /** Looks anew at what is found, since settings change without an event; what failed before is tried again. */
    void refresh() {
        faults.clear();
        map.reread();
        read(Set.of());
    }

    /** @param known whose sources' filter is not asked for again */
    private void read(Set<Integer> known) {
        states.clear();
        if (found.isEmpty()) {
            links = Map.of();
            groups = Map.of();
            return;
        }
        links = network.links().all().stream()
                .collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        ReversePaths filters = new ReversePaths(network);
        Map<Integer, RoleGroup> now = new HashMap<>();
        for (FoundInterface each : found) {
            RoleGroup before = groups.get(each.ifindex());
            if (before != null && before.role() == each.role() && known.contains(each.ifindex())) {
                now.put(each.ifindex(), before);
            } else if (links.containsKey(each.ifindex())) {
                now.put(each.ifindex(), new RoleGroup(each.role(), filters.of(each.ifindex())));
            }
        }
        groups = now;
    }

    /** Whether keys of LISTENERS are needed for groups that the map has not had before. */
    boolean hasNewGroups() {
        Set<Integer> ids = ids(map.inForce().values());
        return groups.values().stream().anyMatch(group -> !ids.contains(group.id()));
    }

    private static Set<Integer> ids(Collection<GroupedInterface> entries) {
        return entries.stream().map(GroupedInterface::group).collect(Collectors.toSet());
    }

    /** Each listener with what stands for each group that it waits on, those that are about to go among them. */
    void forEachListener(BiConsumer<ListenerConfig, Integer> reader) {
        servedGroups().forEach(group -> listeners
                .getOrDefault(group.role(), List.of())
                .forEach(listener -> reader.accept(listener, group.id())));
    }

    /** What stands for each group that a listener waits on. */
    void forEachGroup(ListenerConfig listener, IntConsumer reader) {
        List<InterfaceRole> its = roles.getOrDefault(listener.name(), List.of());
        servedGroups().filter(group -> its.contains(group.role())).forEach(group -> reader.accept(group.id()));
    }

    private Stream<RoleGroup> servedGroups() {
        return Stream.concat(
                        ids(map.inForce().values()).stream(),
                        groups.values().stream().map(RoleGroup::id))
                .distinct()
                .flatMap(id -> RoleGroup.of(id).stream());
    }

    /** The largest MTU of a role's interfaces, in bytes; 0 if there are none. */
    int mtuBytes(InterfaceRole role) {
        return found.stream()
                .filter(each -> each.role() == role && links.containsKey(each.ifindex()))
                .mapToInt(each -> links.get(each.ifindex()).mtu())
                .max()
                .orElse(0);
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    boolean areHeld() {
        return hooks.areHeld();
    }

    /**
     * Has programs on the interfaces of roles that a listener waits on, and on no others, as far as that can be done in
     * a short time.
     *
     * @param others interfaces that have the program for listeners of their own
     * @return whether there is more to do
     */
    boolean attachSome(Set<Integer> others) {
        states.clear();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Failures failures = new Failures();
        Map<Integer, GroupedInterface> wanted = wanted();
        Set<Integer> hooked = new HashSet<>(wanted.keySet());
        hooked.removeAll(others);
        // First: the name of a link that is gone may be another's by now.
        hooks.keys().stream()
                .filter(ifindex -> !hooked.contains(ifindex) || isRenamed(ifindex))
                .forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
        map.putAll(wanted);
        boolean isLate = false;
        for (int ifindex : hooked) {
            if (!hooks.keys().contains(ifindex) && !faults.containsKey(ifindex)) {
                if (System.nanoTime() - deadline > 0) {
                    isLate = true;
                    break;
                }
                attach(ifindex);
            }
        }
        map.removeIf(ifindex -> !wanted.containsKey(ifindex));
        failures.throwIfAny();
        return isLate;
    }

    private Map<Integer, GroupedInterface> wanted() {
        Map<Integer, GroupedInterface> wanted = new HashMap<>();
        for (FoundInterface each : found) {
            RoleGroup group = groups.get(each.ifindex());
            if (group != null && listeners.containsKey(each.role())) {
                wanted.put(each.ifindex(), new GroupedInterface(group.id(), each.bridgeIfindex()));
            }
        }
        return wanted;
    }

    private boolean isRenamed(int ifindex) {
        return !hooks.interfaceName(ifindex).equals(name(ifindex));
    }

    private Optional<String> name(int ifindex) {
        return Optional.ofNullable(links.get(ifindex)).map(Link::name);
    }

    private void attach(int ifindex) {
        try {
            ensure(ifindex);
        } catch (RuntimeException e) {
            // It may have gone with its pod since it was seen.
            if (network.links().byIndex(ifindex).isPresent()) {
                faults.put(ifindex, String.valueOf(e.getMessage()));
                LOG.atWarn()
                        .addKeyValue("interface", links.get(ifindex).name())
                        .addKeyValue("reason", e.getMessage())
                        .log("failed to attach the program to an interface, so kube-proxy serves what comes by it;"
                                + " will retry");
            }
        }
    }

    private void ensure(int ifindex) {
        Link link = links.get(ifindex);
        String program = link.hasEthernetHeader() ? KernelProgram.REWRITE : KernelProgram.REWRITE_L3;
        HookPlace place = HookPlace.of(ifindex, link.name(), HookPoint.INGRESS, pins);
        hooks.ensure(ifindex, place.asOneOfMany(), program, AttachMethod.AUTO, Optional.empty());
    }

    /** Puts programs back that somebody has taken off, and pins. */
    void mend(Failures failures) {
        hooks.keys().stream().filter(links::containsKey).forEach(ifindex -> failures.collect(() -> attach(ifindex)));
    }

    /** How a listener is served on the interfaces of each of its roles. */
    Stream<InterfaceState> states(String listener) {
        return roles.getOrDefault(listener, List.of()).stream().map(role -> states.computeIfAbsent(role, this::state));
    }

    private InterfaceState state(InterfaceRole role) {
        List<FoundInterface> of =
                found.stream().filter(each -> each.role() == role).toList();
        boolean areAttached = of.stream().allMatch(each -> faults.get(each.ifindex()) == null);
        // A node need not have pods; but VIPs come in somewhere.
        boolean isServed = areAttached && (role == InterfaceRole.PODS || !of.isEmpty());
        return new InterfaceState(role.place(), isServed, isServed ? hooks.methods() : "");
    }

    /** All interfaces that are found, and whether the program is there. */
    List<ServedInterface> served() {
        return found.stream()
                .map(each -> new ServedInterface(
                        each, hooks.method(each.ifindex()), faults.getOrDefault(each.ifindex(), "")))
                .toList();
    }

    /** The interfaces that have the program, or are to have it: their indexes. */
    Set<Integer> interfaces() {
        return wanted().keySet();
    }

    /** The pins of all links that there are or are to be. */
    Set<Path> pinned() {
        return interfaces().stream()
                .flatMap(ifindex ->
                        pins.stream().map(all -> all.link(links.get(ifindex).name(), HookPoint.INGRESS)))
                .collect(Collectors.toSet());
    }

    /** Takes all programs off. */
    void disconnect(Failures failures) {
        hooks.keys().forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
        failures.collect(() -> map.set(Map.of()));
    }

    /** Lets go of all programs and leaves them working. */
    void release() {
        hooks.release();
    }
}
