package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a new configuration means for the listeners that there are.
 *
 * @param next all of them afterwards, by name
 * @param added those of them that are new, with sockets to be opened; also in place of one with another address or port
 * @param gone those that are not among them any more
 * @param replaced those of {@code gone} that have a successor in {@code added}, with it
 * @param reopened those that keep their address and port, but need other sockets: both cannot be open at the same time
 */
record ListenerChange(
        Map<String, UserspaceListener> next,
        List<UserspaceListener> added,
        List<UserspaceListener> gone,
        Map<UserspaceListener, UserspaceListener> replaced,
        List<Reopening> reopened) {

    /** @param before what it goes back to if anything fails */
    record Reopening(UserspaceListener listener, ListenerConfig before, ListenerConfig after) {}

    static ListenerChange between(
            Map<String, UserspaceListener> present,
            List<ListenerConfig> configs,
            FlowsConfig flows,
            NetflowMemory netflow,
            WatchedDrops drops) {
        ListenerChange change = new ListenerChange(
                new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
        configs.forEach(config -> change.add(present.get(config.name()), config, flows, netflow, drops));
        present.values().stream()
                .filter(listener -> !change.next.containsValue(listener))
                .forEach(change.gone::add);
        return change;
    }

    private void add(
            UserspaceListener present,
            ListenerConfig config,
            FlowsConfig flows,
            NetflowMemory netflow,
            WatchedDrops drops) {
        if (present != null && present.config().bind().equals(config.bind())) {
            next.put(config.name(), present);
            if (present.isOpen() && !present.fits(config)) {
                reopened.add(new Reopening(present, present.config(), config));
            }
            return;
        }
        UserspaceListener fresh = new UserspaceListener(config, flows, netflow, drops);
        next.put(config.name(), fresh);
        added.add(fresh);
        if (present != null) {
            fresh.beginWith(present.endpoints());
            replaced.put(present, fresh);
        }
    }

    /** Those that must let go of their ports, or of their flows' descriptors, before the new ones can have them. */
    List<UserspaceListener> inTheWay() {
        return gone.stream()
                .filter(old -> added.stream().anyMatch(old::excludes) || isShortOfDescriptors(old))
                .toList();
    }

    /** A flow takes a descriptor, and a listener half of those that are left: both together would have few. */
    private boolean isShortOfDescriptors(UserspaceListener old) {
        UserspaceListener successor = replaced.get(old);
        return successor != null && old.config().replies() && successor.config().replies();
    }
}
