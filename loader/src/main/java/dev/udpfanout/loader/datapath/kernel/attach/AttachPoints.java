package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ServedInterface;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.LoopbackInterface;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.RoleGroup;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import dev.udpfanout.loader.interception.FoundInterface;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All interfaces that listeners stand on. */
public final class AttachPoints {
    private final KernelProgram program;
    private final Network network;
    private final RepairLog repairs;
    private final Optional<Pins> pins;
    private final Firewall firewall;
    private final LoopbackInterface loopback;
    private final GroupedPoints grouped;
    private List<AttachPoint> points = List.of();
    /** As they were last asked for, since thousands of listeners ask; empty after whatever may have changed them. */
    private final Map<AttachPoint, InterfaceState> states = new HashMap<>();

    public AttachPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.program = program;
        this.network = network;
        this.repairs = repairs;
        this.pins = pins;
        this.firewall = new Firewall(Opening.Hook.FORWARD, repairs);
        this.loopback = new LoopbackInterface(network, repairs);
        this.grouped = new GroupedPoints(program, network, repairs, pins);
    }

    /**
     * What other listeners change of what is on interfaces: nothing as a rule where only Services come and go.
     *
     * @param isAny whether anything is to be put there, or taken away
     * @param gone those on whose interface no listener stands any more, to be disconnected
     */
    public record Change(boolean isAny, List<AttachPoint> gone) {}

    /**
     * Has attach points for these listeners; where another way of attaching is asked for, the new one goes on with what
     * the old one has. Takes effect at the next {@link #findInterfaces} and {@link #connect}.
     *
     * @return what that changes of interfaces that have an attach point
     */
    public Change use(List<ListenerConfig> listeners) {
        states.clear();
        Map<AttachPoint.Key, AttachPoint> present =
                points.stream().collect(Collectors.toMap(AttachPoint::key, point -> point));
        Map<AttachPoint.Key, List<ListenerConfig>> byPlace = new LinkedHashMap<>();
        listeners.forEach(listener -> AttachPoint.Key.of(listener)
                .forEach(key ->
                        byPlace.computeIfAbsent(key, none -> new ArrayList<>()).add(listener)));
        boolean isAny = !present.keySet().equals(byPlace.keySet());
        List<AttachPoint> next = new ArrayList<>();
        for (Map.Entry<AttachPoint.Key, List<ListenerConfig>> place : byPlace.entrySet()) {
            AttachPoint point = present.get(place.getKey());
            if (point == null) {
                point = new AttachPoint(place.getKey(), program, network, repairs, pins);
            }
            isAny |= point.setListeners(place.getValue());
            next.add(point);
        }
        List<AttachPoint> gone = new ArrayList<>(points);
        gone.removeAll(next);
        points = List.copyOf(next);
        grouped.use(listeners);
        gone.forEach(point -> successor(point).ifPresent(successor -> successor.takeOver(point)));
        return new Change(
                isAny, gone.stream().filter(point -> successor(point).isEmpty()).toList());
    }

    private Optional<AttachPoint> successor(AttachPoint gone) {
        return points.stream()
                .filter(point -> point.interfaceName().equals(gone.interfaceName()))
                .findFirst();
    }

    /** Finds the interfaces, or makes those that are dummies. */
    public void findInterfaces(Failures failures) {
        states.clear();
        points.forEach(point -> failures.collect(point::findInterface));
        failures.collect(grouped::refresh);
        failures.collect(() -> loopback.set(
                points.stream().anyMatch(point -> point.ifindex().equals(Optional.of(LoopbackInterface.INDEX)))));
    }

    /**
     * Attaches and steers where that is not so yet.
     *
     * @param servedByOther listeners whose interfaces are left to another version's program for now
     */
    public void connect(Set<String> servedByOther, Failures failures) {
        states.clear();
        // Before anything is steered: what is steered out of a dummy interface passes the node's packet filters.
        firewall.ensure(Opening.of(
                Opening.Hook.FORWARD,
                points.stream().flatMap(point -> point.listeners().stream()).toList()));
        for (AttachPoint point : points) {
            if (isServedBy(servedByOther).test(point)) {
                point.leaveToOther(servedByOther);
            } else {
                failures.collect(point::connect);
            }
        }
        grouped.mend(failures);
    }

    /**
     * Which interfaces there are of the roles that listeners wait on, from now on; takes effect at {@link #attachSome}.
     *
     * @return whether LISTENERS has to be written before that
     */
    public boolean find(List<FoundInterface> found) {
        grouped.find(found);
        return grouped.hasNewGroups();
    }

    /**
     * Has programs on the interfaces of roles, as far as that can be done in a short time.
     *
     * @return whether there is more to do
     */
    public boolean attachSome() {
        return grouped.attachSome(
                points.stream().flatMap(point -> point.ifindex().stream()).collect(Collectors.toSet()));
    }

    /** The interfaces of roles that are found; for the thread that reconciles. */
    public List<ServedInterface> served() {
        return grouped.served();
    }

    /** Takes note of how many datagrams each listener has been given so far, by name. */
    public void observe(ToLongFunction<String> received) {
        states.clear();
        points.forEach(point -> point.observe(received));
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    public boolean areHeld() {
        return points.stream().allMatch(AttachPoint::isHeld) && grouped.areHeld();
    }

    private static Predicate<AttachPoint> isServedBy(Set<String> other) {
        return point -> other.stream().anyMatch(point::has);
    }

    /** As {@link AttachPoint#setPathMtus}, on all of them. */
    public void setPathMtus(Map<String, Integer> mtusBytes) {
        Failures failures = new Failures();
        points.forEach(point -> failures.collect(() -> point.setPathMtus(mtusBytes)));
        failures.throwIfAny();
    }

    /**
     * The MTU of an interface that listeners stand on, or the largest of a group's, in bytes; 0 of a dummy interface,
     * and if it is not there.
     */
    public int mtuBytes(int ifindex) {
        Optional<RoleGroup> group = RoleGroup.of(ifindex);
        return group.isPresent() ? grouped.mtuBytes(group.get().role()) : mtuBytesOf(ifindex);
    }

    private int mtuBytesOf(int ifindex) {
        return points.stream()
                .filter(point -> !point.isDummy() && point.ifindex().equals(Optional.of(ifindex)))
                .mapToInt(AttachPoint::mtuBytes)
                .findFirst()
                .orElse(0);
    }

    /** The dummy interface that a listener stands on; empty if it stands on none, or if that is not there. */
    public Optional<OriginEntry.Entrance> entrance(String listener) {
        return points.stream()
                .filter(point -> point.isDummy() && point.has(listener))
                .flatMap(point -> point.ifindex().stream()
                        .filter(ifindex -> !point.hardwareAddress().isEmpty())
                        .map(ifindex -> new OriginEntry.Entrance(ifindex, point.hardwareAddress())))
                .findFirst();
    }

    /** The interfaces' indexes of those that are dummies, while they are there. */
    public Set<Integer> dummies() {
        return points.stream()
                .filter(AttachPoint::isDummy)
                .flatMap(point -> point.ifindex().stream())
                .collect(Collectors.toSet());
    }

    /** Each listener with the index of each interface of its that is there, and the id of each of its groups. */
    public void forEachListener(BiConsumer<ListenerConfig, Integer> reader) {
        points.forEach(point -> point.ifindex()
                .ifPresent(ifindex -> point.listeners().forEach(listener -> reader.accept(listener, ifindex))));
        grouped.forEachListener(reader);
    }

    /** The index of each interface of a listener that is there, and the id of each of its groups. */
    public void forEachInterface(ListenerConfig listener, IntConsumer reader) {
        points.stream().filter(point -> point.has(listener.name())).forEach(point -> point.ifindex()
                .ifPresent(reader::accept));
        grouped.forEachGroup(listener, reader);
    }

    /**
     * How a listener is served.
     *
     * @throws IllegalArgumentException if there is no such listener
     */
    public ListenerState state(String listener, Set<String> servedByOther) {
        Stream<InterfaceState> own = points.stream()
                .filter(point -> point.has(listener))
                .map(point -> {
                    InterfaceState state = states.computeIfAbsent(point, AttachPoint::state);
                    return isServedBy(servedByOther).test(point) ? state.servedByOther() : state;
                });
        List<InterfaceState> all = Stream.concat(own, grouped.states(listener)).toList();
        if (all.isEmpty()) {
            throw new IllegalArgumentException("no listener " + listener);
        }
        return ListenerState.on(all);
    }

    /** What has become of the chains that would drop what is steered; any thread. */
    public List<FirewallState> firewall() {
        return firewall.states();
    }

    /** Takes away what an earlier daemon had on interfaces and hooks on which nothing of this one is. */
    public void removeLeftovers() {
        Leftovers.removeAllBut(network, points, grouped.interfaces());
        pins.ifPresent(all -> Leftovers.removePinnedLinksBut(all, points, grouped.pinned()));
    }

    /** Whether there are none, as after {@link #release} and {@link #disconnect}. */
    public boolean isEmpty() {
        return points.isEmpty();
    }

    /** Takes the programs off and puts the routes back. */
    public void disconnect(Failures failures) {
        states.clear();
        points.forEach(point -> failures.collect(point::disconnect));
        grouped.disconnect(failures);
        if (!points.isEmpty()) {
            firewall.removeAll();
            failures.collect(() -> loopback.set(false));
        }
        points = List.of();
        firewall.close();
    }

    /** Lets go of everything and leaves it working. */
    public void release() {
        states.clear();
        points.forEach(AttachPoint::release);
        grouped.release();
        points = List.of();
        firewall.close();
    }
}
