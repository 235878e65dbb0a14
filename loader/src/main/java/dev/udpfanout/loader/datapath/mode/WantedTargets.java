package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.RoleInterfaces;
import dev.udpfanout.loader.datapath.ServedInterface;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.interception.FoundInterface;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What was last told of every listener's endpoints and addresses, for a datapath that takes a listener over. */
final class WantedTargets {
    private final Map<String, EndpointSet> endpoints = new LinkedHashMap<>();
    private final Map<String, Set<InetAddress>> vips = new HashMap<>();

    private Map<InetAddress, LocalPeer> peers = Map.of();
    private Map<String, InetAddress> published = Map.of();
    private List<FoundInterface> found = List.of();

    void endpoints(EndpointSet set) {
        endpoints.put(set.listener(), set);
    }

    void vips(String listener, Set<InetAddress> addresses) {
        vips.put(listener, Set.copyOf(addresses));
    }

    /** From now on these, in their order, and the others after them. */
    void add(ListenerTargets known) {
        Map<String, EndpointSet> others = new LinkedHashMap<>(endpoints);
        endpoints.clear();
        endpoints.putAll(known.endpoints());
        others.forEach(endpoints::putIfAbsent);
        vips.putAll(known.vips());
    }

    /** Passes them on, if there is anybody to be told. */
    void peers(Map<InetAddress, LocalPeer> known, Optional<SwitchableDatapath> datapath) {
        peers = Map.copyOf(known);
        datapath.ifPresent(present -> present.setPeers(peers));
    }

    /** As above. */
    void published(Map<String, InetAddress> addresses, Optional<SwitchableDatapath> datapath) {
        published = Map.copyOf(addresses);
        datapath.ifPresent(present -> present.setPublished(published));
    }

    /** Those of the datapath, if there is one; it is told of them when it comes. */
    RoleInterfaces interfaces(Supplier<Optional<SwitchableDatapath>> datapath) {
        return new RoleInterfaces() {
            @Override
            public void find(List<FoundInterface> now) {
                found = List.copyOf(now);
                present().find(found);
            }

            @Override
            public boolean attachSome() {
                return present().attachSome();
            }

            @Override
            public List<ServedInterface> served() {
                return present().served();
            }

            @Override
            public Map<String, String> unserved() {
                return present().unserved();
            }

            private RoleInterfaces present() {
                return datapath.get().map(Datapath::roleInterfaces).orElse(NONE);
            }
        };
    }

    /** The datapath, after it was told what is not a listener's alone. */
    SwitchableDatapath told(SwitchableDatapath datapath) {
        datapath.setPeers(peers);
        datapath.setPublished(published);
        datapath.roleInterfaces().find(found);
        return datapath;
    }

    /** Forgets those of other listeners and mirrors. */
    void retain(List<ListenerConfig> listeners) {
        Set<String> names = ListenerConfig.receiverSets(listeners).stream()
                .map(ReceiverSet::name)
                .collect(Collectors.toSet());
        endpoints.keySet().retainAll(names);
        vips.keySet().retainAll(names);
    }

    ListenerTargets current() {
        return new ListenerTargets(endpoints, vips);
    }
}
