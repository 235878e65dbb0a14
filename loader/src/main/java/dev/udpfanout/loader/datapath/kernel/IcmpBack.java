package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.kernel.attach.AttachPoints;
import dev.udpfanout.loader.datapath.kernel.attach.IcmpPoints;
import dev.udpfanout.loader.datapath.kernel.maps.Origins;
import dev.udpfanout.loader.datapath.kernel.maps.Slots;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there must be in the kernel for ICMP errors about datagrams of ours: where each endpoint's had been sent to, and
 * programs where the errors come in. Datagrams do without it, so that nothing here keeps them from being forwarded.
 */
final class IcmpBack {
    private static final Logger LOG = LoggerFactory.getLogger(IcmpBack.class);

    /** Of more endpoints that are touched all are worked out: to look for those among all takes memory as well. */
    private static final int MOST_FOLLOWED = 1_024;

    private final Network network;
    private final Slots slots;
    private final Origins origins;
    private final IcmpPoints points;
    private final AttachPoints attachPoints;
    private Map<Integer, Set<InetAddress>> ownAddresses = Map.of();
    private Map<String, InetAddress> published = Map.of();
    /** The sets of endpoints by which the map of origins was set last, by name. */
    private final Map<String, EndpointSet> followed = new HashMap<>();

    private boolean leftoversRemoved;
    private String lastFailure = "";

    IcmpBack(
            KernelProgram program,
            Network network,
            RepairLog repairs,
            Optional<Pins> pins,
            Slots slots,
            AttachPoints attachPoints) {
        this.network = network;
        this.slots = slots;
        this.origins = new Origins(program);
        this.points = new IcmpPoints(program, network, repairs, pins);
        this.attachPoints = attachPoints;
    }

    /**
     * Tells the address that Kubernetes has of this node for each listener with a range, by the listener's name. Takes
     * effect at the next {@link #update}.
     */
    void setPublished(Map<String, InetAddress> addresses) {
        published = Map.copyOf(addresses);
    }

    /** Follows a change of endpoints or VIPs. */
    void update(
            Collection<ListenerConfig> listeners,
            Map<String, EndpointSet> inForce,
            ListenerVips vips,
            Set<Integer> interfaces,
            Set<Integer> ports) {
        setOrigins(listeners, inForce, vips);
        attempt(() -> points.add(attachMethod(listeners), interfaces, ports));
    }

    /**
     * As {@link #update}, where nothing is other than before but some listeners.
     *
     * @param names those that have other endpoints or have come or gone
     */
    void follow(
            Set<String> names,
            Collection<ListenerConfig> listeners,
            Map<String, EndpointSet> inForce,
            ListenerVips vips,
            Set<Integer> interfaces,
            Set<Integer> ports) {
        if (!areFew(names, inForce) || !setOriginsOf(names, listeners, inForce, vips)) {
            setOrigins(listeners, inForce, vips);
        }
        attempt(() -> points.add(attachMethod(listeners), interfaces, ports));
    }

    private boolean areFew(Set<String> names, Map<String, EndpointSet> inForce) {
        return names.stream()
                        .flatMap(name -> Stream.of(followed, inForce).map(sets -> sets.get(name)))
                        .filter(Objects::nonNull)
                        .mapToInt(set -> set.endpoints().size())
                        .sum()
                <= MOST_FOLLOWED;
    }

    /** False if there may not be room. */
    private boolean setOriginsOf(
            Set<String> names,
            Collection<ListenerConfig> listeners,
            Map<String, EndpointSet> inForce,
            ListenerVips vips) {
        Set<InetSocketAddress> touched = new HashSet<>();
        for (String name : names) {
            EndpointSet now = inForce.get(name);
            EndpointSet before = now == null ? followed.remove(name) : followed.put(name, now);
            Stream.of(before, now)
                    .filter(Objects::nonNull)
                    .flatMap(set -> set.endpoints().stream())
                    .forEach(endpoint -> touched.add(endpoint.address()));
        }
        OriginPlan plan = new OriginPlan(touched::contains);
        add(plan, listeners, inForce, vips);
        return origins.setOf(touched, plan.origins(), notKnownYet(listeners, inForce)::contains);
    }

    /** As {@link IcmpPoints#areHeld}. */
    boolean areHeld() {
        return points.areHeld();
    }

    /** Learns the node's addresses. Takes effect at the next {@link #update}. */
    void readAddresses() {
        ownAddresses = network.addresses().all().stream()
                .filter(address -> !address.address().isLinkLocalAddress()
                        && !address.address().isLoopbackAddress())
                .collect(Collectors.groupingBy(
                        InterfaceAddress::linkIndex,
                        Collectors.mapping(InterfaceAddress::address, Collectors.toSet())));
    }

    /**
     * Has programs where errors come in, and takes them off elsewhere: there only when all endpoints are known, since
     * before that an earlier daemon's may be needed.
     *
     * @param ways to endpoints, and so where errors come in
     * @param replies whose ports of bridges are further places
     */
    void reconcile(
            Collection<ListenerConfig> listeners,
            Map<String, EndpointSet> inForce,
            ListenerWays ways,
            Replies replies) {
        Set<Integer> interfaces = ways.interfaces();
        Set<Integer> ports = replies.ports();
        if (!listeners.stream().allMatch(listener -> inForce.containsKey(listener.name()))) {
            attempt(() -> points.add(attachMethod(listeners), interfaces, ports));
            return;
        }
        attempt(() -> points.set(attachMethod(listeners), interfaces, ports));
        if (!leftoversRemoved) {
            points.removeLeftovers();
            leftoversRemoved = true;
        }
    }

    private void attempt(Runnable step) {
        try {
            step.run();
            lastFailure = "";
        } catch (SystemCallException e) {
            if (!e.getMessage().equals(lastFailure)) {
                lastFailure = e.getMessage();
                LOG.atWarn()
                        .addKeyValue("reason", lastFailure)
                        .log(
                                "clients are not told of some ICMP errors: the program for them is not in place, will retry");
            }
        }
    }

    private void setOrigins(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce, ListenerVips vips) {
        followed.clear();
        followed.putAll(inForce);
        OriginPlan plan = new OriginPlan(endpoint -> true);
        add(plan, listeners, inForce, vips);
        origins.set(plan.origins(), notKnownYet(listeners, inForce)::contains);
    }

    private void add(
            OriginPlan plan,
            Collection<ListenerConfig> listeners,
            Map<String, EndpointSet> inForce,
            ListenerVips vips) {
        Set<String> names = listeners.stream().map(ListenerConfig::name).collect(Collectors.toSet());
        for (ListenerConfig listener : listeners) {
            EndpointSet set = inForce.get(listener.name());
            if (set != null && plan.isAbout(set)) {
                plan.add(set, origins(listener, addresses(listener, vips)));
            }
        }
        // A copy for a mirror is none of the client's business.
        inForce.forEach((name, set) -> {
            if (!names.contains(name)) {
                plan.add(set, List.of());
            }
        });
    }

    /** The slots of listeners whose endpoints are not known yet. */
    private Set<Integer> notKnownYet(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        return listeners.stream()
                .map(ListenerConfig::name)
                .filter(name -> !inForce.containsKey(name))
                .flatMap(name -> slots.of(name).stream())
                .collect(Collectors.toSet());
    }

    private Set<InetAddress> addresses(ListenerConfig listener, ListenerVips vips) {
        Set<InetAddress> all = new HashSet<>();
        attachPoints.forEachInterface(listener, ifindex -> all.addAll(addresses(listener, ifindex, vips)));
        return all;
    }

    /** What a client can have sent to, to reach a listener by an interface. */
    private Set<InetAddress> addresses(ListenerConfig listener, int ifindex, ListenerVips vips) {
        InetAddress bind = listener.bind().getAddress();
        Predicate<InetAddress> isOfItsFamily = address -> address.getClass() == bind.getClass();
        if (listener.vipDirect()) {
            return vips.of(listener).orElse(Set.of()).stream()
                    .filter(isOfItsFamily)
                    .collect(Collectors.toSet());
        }
        if (listener.range().isPresent()) {
            return Optional.ofNullable(published.get(listener.name()))
                    .map(Set::of)
                    .orElse(Set.of());
        }
        if (listener.isWildcard()) {
            return ownAddresses.getOrDefault(ifindex, Set.of()).stream()
                    .filter(isOfItsFamily)
                    .collect(Collectors.toSet());
        }
        return Set.of(bind);
    }

    private List<OriginEntry> origins(ListenerConfig listener, Set<InetAddress> addresses) {
        Optional<OriginEntry.Entrance> entrance = attachPoints.entrance(listener.name());
        if (listener.isOnDummyInterface() != entrance.isPresent()) {
            return List.of();
        }
        return addresses.stream()
                .flatMap(address -> slots.of(listener.name()).stream()
                        .map(slot ->
                                new OriginEntry(slot, address, listener.bind().getPort(), entrance)))
                .toList();
    }

    /** What any of the listeners asks for. */
    private static AttachMethod attachMethod(Collection<ListenerConfig> listeners) {
        return listeners.stream()
                .map(ListenerConfig::attach)
                .filter(method -> method != AttachMethod.AUTO)
                .findFirst()
                .orElse(AttachMethod.AUTO);
    }

    /** Lets go of the programs and leaves them working. */
    void release() {
        points.release();
    }

    /** Takes the programs off. */
    void close() {
        points.close();
    }
}
