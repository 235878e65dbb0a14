package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.config.ListenerConfig;
import java.util.List;

/**
 * A datapath to which listeners can be moved from another one, and back, while datagrams come in. The order is: the one
 * that takes a listener over is configured first, complete with its endpoints; from then on new datagrams come to it.
 * Then the other one is configured without it: it sends on what it still has, and lets go.
 */
public interface SwitchableDatapath extends Datapath {
    /**
     * Changes the listeners, as {@link #configure(List)}; one that is new has its endpoints before its first datagram.
     *
     * @param listeners all of them from now on
     * @param targets of the listeners, new and old; others are passed over
     */
    void configure(List<ListenerConfig> listeners, ListenerTargets targets);

    @Override
    default void configure(List<ListenerConfig> listeners) {
        configure(listeners, ListenerTargets.NONE);
    }
}
