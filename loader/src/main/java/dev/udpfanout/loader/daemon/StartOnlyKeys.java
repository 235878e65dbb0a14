package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys of the configuration that the daemon goes by as they were when it started: the memory of flows is made and the
 * program is loaded once, and the API server is asked for the node's zone once.
 */
final class StartOnlyKeys {
    private StartOnlyKeys() {}

    /**
     * Those that have another value now than the one that the daemon goes by, as paths of the file.
     *
     * @param started what was in force when the daemon started
     */
    static List<String> changed(Config started, Config now) {
        List<String> keys = new ArrayList<>();
        FlowsConfig flows = now.flows();
        if (flows.max() != started.flows().max()) {
            keys.add("flows.max");
        }
        if (!flows.idleTimeout().equals(started.flows().idleTimeout())) {
            keys.add("flows.idle_timeout_secs");
        }
        if (!now.netflow().equals(started.netflow())) {
            keys.add("netflow");
        }
        if (!usesZones(started)) {
            now.listeners().stream()
                    .filter(StartOnlyKeys::usesZones)
                    .forEach(listener -> keys.add("listeners[" + listener.id() + "].prefer"));
        }
        return keys;
    }

    /** The node's zone, if it may matter and the API server tells; asks it, with a time-out. */
    static Optional<String> zone(Config started, NodeIdentity node) {
        if (!usesZones(started)) {
            return Optional.empty();
        }
        try (KubernetesClient client = KubernetesClients.connect()) {
            return node.zone(client);
        }
    }

    /** Whether the node's zone matters to any listener. */
    static boolean usesZones(Config config) {
        return config.services().isPresent() || config.listeners().stream().anyMatch(StartOnlyKeys::usesZones);
    }

    private static boolean usesZones(ListenerConfig listener) {
        return listener.receivers().source().preference() == Preference.SAME_ZONE;
    }
}
