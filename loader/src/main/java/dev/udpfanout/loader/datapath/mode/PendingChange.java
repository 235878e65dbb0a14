package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.datapath.ListenerState;
import java.util.List;
import java.util.Optional;

/**
 * A change of the configuration that has not been possible so far; until it is, the one before is in force.
 *
 * @param listeners as they should be
 * @param failure why it was not possible
 */
record PendingChange(List<ListenerConfig> listeners, String failure) {
    /** What to say of a listener that only the change brings; empty if the change does not have it. */
    Optional<ListenerState> state(String name) {
        return listeners.stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .map(listener -> listener.mode() == Mode.USERSPACE ? ListenerState.USERSPACE : ListenerState.TC_EBPF)
                .map(mode -> new ListenerState(mode, failure, false, ""));
    }
}
