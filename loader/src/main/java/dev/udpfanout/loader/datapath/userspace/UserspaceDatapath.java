package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.datapath.network.DummyInterface;
import dev.udpfanout.loader.datapath.network.LocalDelivery;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RangeRoutes;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The datapath in user space: mode {@code userspace}. Each listener has sockets of its own, which the kernel delivers
 * its datagrams to: on a dummy interface that takes the address's local route, the opposite of the kernel datapath's
 * steering.
 */
public final class UserspaceDatapath implements SwitchableDatapath {
    private final Network network;
    private final FlowsConfig flows;
    private final NetflowMemory netflow;
    private final WatchedDrops drops;
    private final Map<String, DummyInterface> dummies = new HashMap<>();
    private final Map<String, RangeRoutes> ranges = new HashMap<>();
    private final RepairLog repairs = new RepairLog();
    private final Firewall firewall;
    /** Replaced whole, never changed: {@link #counters()} is for any thread. */
    private volatile Map<String, UserspaceListener> listeners;

    /**
     * Takes the network over and closes it at the end. No socket is open before the first {@link #reconcile()}.
     *
     * @param listeners with an address each: none is VIP-direct
     * @param flows bounds for each listener with replies
     * @param netflow what each listener remembers of exporters, if it looks at NetFlow
     * @param drops told of single datagrams that are dropped
     */
    public UserspaceDatapath(
            List<ListenerConfig> listeners,
            FlowsConfig flows,
            NetflowMemory netflow,
            WatchedDrops drops,
            Network network) {
        this.network = network;
        this.flows = flows;
        this.netflow = netflow;
        this.drops = drops;
        this.firewall = new Firewall(Opening.Hook.INPUT, repairs);
        Map<String, UserspaceListener> all = new LinkedHashMap<>();
        listeners.forEach(listener -> all.put(listener.name(), new UserspaceListener(listener, flows, netflow, drops)));
        this.listeners = all;
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet endpoints) {
        find(endpoints.listener()).ifPresent(listener -> listener.apply(endpoints));
        // The workers have been waited for.
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Set<InetSocketAddress> leftOut(String listener) {
        return find(listener).map(UserspaceListener::leftOut).orElse(Set.of());
    }

    @Override
    public void reconcile() {
        Failures failures = new Failures();
        firewall.ensure(Opening.of(Opening.Hook.INPUT, configs(listeners.values())));
        for (UserspaceListener listener : listeners.values()) {
            failures.collect(() -> serve(listener));
        }
        failures.throwIfAny();
    }

    /**
     * The sockets first, then the route that brings datagrams to them: none finds the address without a socket. A
     * transport that cannot bind early has it the other way round.
     */
    private void serve(UserspaceListener listener) {
        listener.setDelivered(false);
        Optional<Link> link = dummyOf(listener.config());
        if (listener.opensEarly()) {
            listener.open();
            link.ifPresent(present -> deliver(present, listener));
        } else {
            link.ifPresent(present -> deliver(present, listener));
            listener.open();
        }
        listener.reconcile();
        listener.setDelivered(true);
    }

    private Optional<Link> dummyOf(ListenerConfig listener) {
        if (!listener.isOnDummyInterface()) {
            return Optional.empty();
        }
        String interfaceName = listener.interfaces().getFirst();
        ranges(interfaceName).requireFree(listener.range().stream().toList());
        DummyInterface dummy = dummies.computeIfAbsent(interfaceName, name -> new DummyInterface(name, network));
        Set<InetAddress> addresses = attachedTo(interfaceName)
                .map(other -> other.config().bind().getAddress())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        addresses.add(listener.bind().getAddress());
        return Optional.of(dummy.ensure(addresses, false));
    }

    private RangeRoutes ranges(String interfaceName) {
        return ranges.computeIfAbsent(interfaceName, name -> new RangeRoutes(network, RangeRoutes.Way.TO_SOCKETS));
    }

    private Stream<UserspaceListener> attachedTo(String interfaceName) {
        return listeners.values().stream()
                .filter(listener -> listener.isAttached()
                        && listener.config().interfaces().getFirst().equals(interfaceName));
    }

    private void deliver(Link link, UserspaceListener listener) {
        LocalDelivery.ensure(network, link, listener.config().bind().getAddress());
        ranges(link.name())
                .ensure(
                        link,
                        Stream.concat(attachedTo(link.name()), Stream.of(listener))
                                .flatMap(each -> each.config().range().stream())
                                .distinct()
                                .toList());
    }

    /** Leads no range here that is none of the listeners' any more: what comes to it has nobody to take it. */
    private void retireRanges() {
        Failures failures = new Failures();
        ranges.forEach((interfaceName, routes) -> network.links()
                .byName(interfaceName)
                .ifPresent(link -> failures.collect(() -> routes.ensure(
                        link,
                        attachedTo(interfaceName)
                                .flatMap(listener -> listener.config().range().stream())
                                .distinct()
                                .toList()))));
        failures.throwIfAny();
    }

    @Override
    public void configure(List<ListenerConfig> newListeners, ListenerTargets targets) {
        RangeRoutes.requireFree(network, newListeners);
        ListenerChange change = ListenerChange.between(listeners, newListeners, flows, netflow, drops);
        try {
            open(change, targets);
        } catch (RuntimeException e) {
            goBack(change, e);
            throw e;
        }
        change.replaced().forEach((old, successor) -> {
            old.drainAndClose();
            successor.inheritCounts(old);
        });
        listeners = change.next();
        Failures failures = new Failures();
        newListeners.forEach(config ->
                failures.collect(() -> change.next().get(config.name()).configure(config)));
        targets.endpoints().values().forEach(set -> failures.collect(() -> apply(set)));
        failures.collect(this::retireRanges);
        change.gone().forEach(old -> failures.collect(old::drainAndClose));
        failures.collect(this::reconcile);
        failures.throwIfAny();
    }

    /** Opens the sockets that the change needs; the old ones stay, where both can be open. */
    private void open(ListenerChange change, ListenerTargets targets) {
        // Both may get datagrams until the old ones are closed.
        firewall.ensure(Opening.of(
                Opening.Hook.INPUT,
                Stream.concat(
                                configs(listeners.values()).stream(),
                                configs(change.next().values()).stream())
                        .distinct()
                        .toList()));
        change.inTheWay().forEach(UserspaceListener::close);
        for (UserspaceListener listener : change.added()) {
            listener.beginWith(Optional.ofNullable(
                    targets.endpoints().get(listener.config().name())));
            serve(listener);
        }
        for (ListenerChange.Reopening reopening : change.reopened()) {
            reopening.listener().configure(reopening.after());
            serve(reopening.listener());
        }
    }

    /** What was in force before is so again. */
    private void goBack(ListenerChange change, RuntimeException failure) {
        Failures failures = new Failures();
        change.added().forEach(listener -> failures.collect(listener::close));
        change.reopened()
                .forEach(
                        reopening -> failures.collect(() -> reopening.listener().configure(reopening.before())));
        failures.collect(this::reconcile);
        try {
            failures.throwIfAny();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        throw new IllegalStateException("a VIP-direct listener is not served in user space: " + listener);
    }

    @Override
    public ListenerState state(String listener) {
        UserspaceListener found =
                find(listener).orElseThrow(() -> new IllegalArgumentException("no listener " + listener));
        return new ListenerState(
                ListenerState.USERSPACE, ListenerState.CONFIGURED, found.isAttached(), found.transport());
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        Map<String, ListenerCounters> all = new LinkedHashMap<>();
        listeners.forEach((name, listener) -> all.put(name, listener.counters()));
        return all;
    }

    @Override
    public Optional<ProgramCounters> program() {
        return Optional.empty();
    }

    @Override
    public Map<String, Long> repairs() {
        return repairs.byLabel();
    }

    @Override
    public Optional<Lookout> lookout() {
        return Optional.of(new SocketLookout(() -> listeners.values()));
    }

    @Override
    public List<FirewallState> firewall() {
        return firewall.states();
    }

    private static List<ListenerConfig> configs(Collection<UserspaceListener> of) {
        return of.stream().map(UserspaceListener::config).toList();
    }

    private Optional<UserspaceListener> find(String name) {
        return Optional.ofNullable(listeners.get(name));
    }

    /** Sockets end with the process: nothing stays. */
    @Override
    public void release() {
        close();
    }

    /**
     * Closes the sockets. The address and its local route stay, as the kernel has them by itself; ranges' routes do
     * not.
     */
    @Override
    public void close() {
        Failures failures = new Failures();
        ranges.forEach((interfaceName, routes) -> failures.collect(() -> routes.undo(interfaceName)));
        listeners.values().forEach(listener -> failures.collect(listener::close));
        listeners = new LinkedHashMap<>();
        firewall.removeAll();
        firewall.close();
        failures.collect(network::close);
        failures.throwIfAny();
    }
}
