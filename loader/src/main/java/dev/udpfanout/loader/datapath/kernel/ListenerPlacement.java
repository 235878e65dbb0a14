package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.RoleInterfaces;
import dev.udpfanout.loader.datapath.ServedInterface;
import dev.udpfanout.loader.datapath.kernel.attach.AttachPoints;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerKeyPlan;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerMaps;
import dev.udpfanout.loader.datapath.kernel.maps.Mirrors;
import dev.udpfanout.loader.interception.FoundInterface;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes who listens where, and what depends on it: from what the others know of listeners, endpoints, ways, and VIPs.
 * To write all costs the more the more listeners there are, so several changes at a time are written once, and other
 * endpoints of one listener do not touch what is said of the others.
 */
final class ListenerPlacement implements RoleInterfaces {
    /** Of more sets that change together, all is written: that costs less than each alone. */
    private static final int MOST_ALONE = 64;

    private final ListenerMaps maps;
    private final AttachPoints attachPoints;
    private final EndpointsInForce endpoints;
    private final ListenerVips vips;
    private final ListenerWays ways;
    private final Replies replies;
    private final IcmpBack icmp;
    private final TamperCheck tamperCheck;
    private final UnservedServices unserved;
    private final Supplier<Map<String, ListenerConfig>> listeners;
    /** Of what changes are made together. */
    private final Set<String> changed = new HashSet<>();

    /** Those of them that are there no more, and on which nothing else depends. */
    private final Set<String> plainGone = new HashSet<>();

    private boolean interfacesFound;
    private boolean isTogether;
    private boolean isDue;

    /** @param listeners all that there are at the moment, by name */
    ListenerPlacement(
            ListenerMaps maps,
            AttachPoints attachPoints,
            EndpointsInForce endpoints,
            ListenerVips vips,
            ListenerWays ways,
            Replies replies,
            IcmpBack icmp,
            TamperCheck tamperCheck,
            UnservedServices unserved,
            Supplier<Map<String, ListenerConfig>> listeners) {
        this.maps = maps;
        this.attachPoints = attachPoints;
        this.endpoints = endpoints;
        this.vips = vips;
        this.ways = ways;
        this.replies = replies;
        this.icmp = icmp;
        this.tamperCheck = tamperCheck;
        this.unserved = unserved;
        this.listeners = listeners;
    }

    /** From now on there is something to write: not knowing any interface, it would take away what is at work. */
    void interfacesFound() {
        interfacesFound = true;
    }

    boolean areInterfacesFound() {
        return interfacesFound;
    }

    /** A set is about to have other endpoints: their answers must not come in unseen. */
    void expect(ReceiverSet set, EndpointSet wanted) {
        if (interfacesFound) {
            replies.expect(set, wanted, listeners.get().values());
        }
    }

    /** Before the first comparison it does not write, since nothing else is known. */
    @Override
    public void find(List<FoundInterface> found) {
        if (attachPoints.find(found)) {
            write();
        }
    }

    @Override
    public boolean attachSome() {
        return interfacesFound && attachPoints.attachSome();
    }

    @Override
    public List<ServedInterface> served() {
        return attachPoints.served();
    }

    @Override
    public Map<String, String> unserved() {
        return unserved.reasons();
    }

    /** The addresses that a listener takes which is VIP-direct, from now on; nothing if there is no such listener. */
    void setVips(String listener, Set<InetAddress> addresses) {
        ListenerConfig config = listeners.get().get(listener);
        if (config != null && vips.set(config, addresses)) {
            changed(listener);
        }
    }

    /**
     * There are other listeners than before, those of Services among them: of these, only what is said of those that
     * have come or gone is written, as far as nothing else depends on them.
     *
     * @param before by name
     */
    void listenersChanged(Map<String, ListenerConfig> before) {
        Map<String, ListenerConfig> now = listeners.get();
        Set<String> come = new HashSet<>(now.keySet());
        come.removeAll(before.keySet());
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(now.keySet());
        boolean areOthersSame = now.entrySet().stream()
                .allMatch(
                        each -> come.contains(each.getKey()) || each.getValue().equals(before.get(each.getKey())));
        boolean arePlain = come.stream().map(now::get).allMatch(ListenerPlacement::isPlain)
                && gone.stream().map(before::get).allMatch(ListenerPlacement::isPlain);
        if (areOthersSame && arePlain) {
            come.forEach(this::changed);
            gone.forEach(this::changed);
            plainGone.addAll(gone);
        } else {
            write();
        }
    }

    /** Writes once for all that the changes ask for. */
    void together(Runnable changes) {
        if (isTogether) {
            changes.run();
            return;
        }
        Failures failures = new Failures();
        isTogether = true;
        failures.collect(() -> endpoints.together(changes));
        isTogether = false;
        Set<String> alone = Set.copyOf(changed);
        Set<String> gone = Set.copyOf(plainGone);
        changed.clear();
        plainGone.clear();
        if (isDue) {
            failures.collect(this::write);
        } else if (!alone.isEmpty()) {
            failures.collect(() -> follow(alone, gone));
        }
        failures.throwIfAny();
    }

    /**
     * What is said of a listener or a mirror is to be other than before: writes it, now or at the end of the changes
     * that are made together.
     */
    void changed(String set) {
        if (isTogether) {
            changed.add(set);
        } else {
            follow(Set.of(set), Set.of());
        }
    }

    /** @param gone those that are there no more, of which nothing else depends on */
    private void follow(Set<String> names, Set<String> gone) {
        Map<String, ListenerConfig> all = listeners.get();
        boolean areAlone = names.stream()
                .allMatch(name -> gone.contains(name) || (all.containsKey(name) && isAlone(all.get(name))));
        if (!interfacesFound || !areAlone || names.size() > MOST_ALONE || unserved.isAnyWithoutRoom()) {
            write();
            return;
        }
        ways.update(all.values(), endpoints.sets());
        ListenerKeyPlan plan = maps.plan();
        names.stream()
                .filter(name -> !gone.contains(name))
                .map(all::get)
                .forEach(listener -> attachPoints.forEachInterface(listener, ifindex -> add(plan, listener, ifindex)));
        if (!maps.hasRoomFor(plan)) {
            write();
            return;
        }
        maps.applyOnly(plan, names, all, attachPoints.dummies());
        icmp.follow(names, all.values(), endpoints.sets(), vips, ways.interfaces(), replies.ports());
    }

    /** Whether what LISTENERS says of it, and nothing else, follows from its endpoints and VIPs. */
    private boolean isAlone(ListenerConfig listener) {
        return !listener.replies()
                && listener.mirror().isEmpty()
                && !listener.isWildcard()
                && (!listener.vipDirect() || vips.of(listener).isPresent());
    }

    /** Whether there is nothing of it in the maps but who listens where, and its endpoints. */
    private static boolean isPlain(ListenerConfig listener) {
        ReceiverSet.Spreading spreading = listener.receivers().spreading();
        return listener.isOfService()
                && !listener.replies()
                && listener.mirror().isEmpty()
                && listener.admission().equals(Admission.ALL)
                && spreading.payload() == Payload.NONE
                && spreading.key().isEmpty();
    }

    private void add(ListenerKeyPlan plan, ListenerConfig listener, int ifindex) {
        if (unserved.reason(listener).isPresent()) {
            return;
        }
        plan.add(
                listener,
                maps.entry(listener, ifindex, endpoints.sets()),
                ifindex,
                vips.of(listener),
                Mirrors.sentTo(listener, endpoints.sets()));
    }

    /** Where there is not room for all keys, the youngest Services go without: the order is that of their age. */
    private ListenerKeyPlan planWithinRoom(Collection<ListenerConfig> all) {
        unserved.withoutRoom(Set.of(), maps.keyRoom());
        ListenerKeyPlan plan = planOfAll();
        Set<String> beyond = plan.beyond(maps.keyRoom(), all);
        if (beyond.isEmpty()) {
            return plan;
        }
        unserved.withoutRoom(beyond, maps.keyRoom());
        return planOfAll();
    }

    private ListenerKeyPlan planOfAll() {
        ListenerKeyPlan plan = maps.plan();
        attachPoints.forEachListener((listener, ifindex) -> add(plan, listener, ifindex));
        return plan;
    }

    /** Writes all, now or at the end of the changes that are made together. */
    void write() {
        isDue = isTogether;
        if (isTogether || !interfacesFound) {
            return;
        }
        Collection<ListenerConfig> all = listeners.get().values();
        ways.update(all, endpoints.sets());
        ListenerKeyPlan plan = planWithinRoom(all);
        replies.provideFlows(all);
        maps.apply(plan, all, attachPoints.dummies());
        tamperCheck.countMended();
        replies.removeUnusedFlows(all);
        icmp.update(all, endpoints.sets(), vips, ways.interfaces(), replies.ports());
    }
}
