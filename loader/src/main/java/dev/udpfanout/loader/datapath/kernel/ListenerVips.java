package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ListenerConfig;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The VIPs of VIP-direct listeners, as far as they are known. */
final class ListenerVips {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerVips.class);

    private final Map<String, Set<InetAddress>> byListener = new HashMap<>();

    /** Takes note of a listener's; false if they are the same as before. */
    boolean set(ListenerConfig listener, Set<InetAddress> addresses) {
        if (addresses.equals(byListener.put(listener.name(), Set.copyOf(addresses)))) {
            return false;
        }
        LOG.atInfo()
                .addKeyValue("listener_id", listener.idInLog())
                .addKeyValue("vips", addresses)
                .log("updated the VIPs of a listener");
        return true;
    }

    /** A listener's; empty as long as they are not known. */
    Optional<Set<InetAddress>> of(ListenerConfig listener) {
        return Optional.ofNullable(byListener.get(listener.name()));
    }

    /** Forgets all other listeners. */
    void retain(Set<String> listeners) {
        byListener.keySet().retainAll(listeners);
    }
}
