package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** How large a packet may be on the way to the endpoints of each listener, in bytes. */
final class ListenerPathMtus {
    private Map<String, Integer> byListener = Map.of();

    /**
     * Uses others from now on.
     *
     * @param mtusBytes by the listener's name; one that has no bound is not in it
     * @return whether any is another
     */
    boolean set(Map<String, Integer> mtusBytes) {
        boolean isChanged = !mtusBytes.equals(byListener);
        byListener = Map.copyOf(mtusBytes);
        return isChanged;
    }

    /** The smallest of the listeners that are bound to an address; empty if none has a bound. */
    OptionalInt smallestTo(InetAddress address, List<ListenerConfig> listeners) {
        return smallest(listeners, listener -> listener.bind().getAddress().equals(address));
    }

    /** As above, of the listeners that have a range of addresses to publish. */
    OptionalInt smallestTo(Prefix range, List<ListenerConfig> listeners) {
        return smallest(
                listeners, listener -> listener.range().filter(range::equals).isPresent());
    }

    private OptionalInt smallest(List<ListenerConfig> listeners, Predicate<ListenerConfig> which) {
        return listeners.stream()
                .filter(which)
                .map(ListenerConfig::name)
                .filter(byListener::containsKey)
                .mapToInt(byListener::get)
                .min();
    }
}
