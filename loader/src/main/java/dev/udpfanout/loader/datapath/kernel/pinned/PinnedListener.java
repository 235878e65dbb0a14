package dev.udpfanout.loader.datapath.kernel.pinned;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * A listener, as its maps have it.
 *
 * @param name from the configuration that was in force
 * @param places where its datagrams are taken from; empty if nothing is
 * @param stats datagrams, and their bytes with the link-layer header
 * @param drops datagrams that were not forwarded, by the reason's label
 * @param endpoints that have a counter, in use or not
 * @param isLeased whether its datagrams go past the program once the lease has run out
 */
public record PinnedListener(
        String name,
        List<Place> places,
        ListenerStats stats,
        Map<String, Long> drops,
        List<Counted> endpoints,
        boolean isLeased) {
    public PinnedListener {
        places = List.copyOf(places);
        drops = Map.copyOf(drops);
        endpoints = List.copyOf(endpoints);
    }

    /**
     * An address and port on an interface.
     *
     * @param bind the destination of the datagrams
     * @param at the interface
     */
    public record Place(InetSocketAddress bind, PinnedHook at) {}

    /**
     * An endpoint, and what it was sent.
     *
     * @param isActive whether it is in the endpoint table in force
     * @param sent datagrams, and their bytes with the link-layer header
     */
    public record Counted(InetSocketAddress address, boolean isActive, EndpointStats sent) {}

    /** Whether datagrams get to the program, by one interface at least. */
    public boolean isAttached() {
        return places.stream().anyMatch(place -> place.at().isAttached());
    }
}
