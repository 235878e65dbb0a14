package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import java.util.List;
import java.util.Optional;

/**
 * A change of the configuration that has not been possible so far; until it is, the one before is in force.
 *
 * @param listeners as they should be
 * @param failure why it was not possible
 */
record PendingChange(List<ListenerConfig> listeners, String failure) {
    Optional<ListenerConfig> find(String name) {
        return listeners.stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst();
    }
}
