package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.EndpointStats;

/**
 * Endpoints of a listener that are not shown one by one, since there are too many: what they add up to.
 *
 * @param known how many there are
 * @param active how many of them are sent datagrams
 * @param down how many of them are down, or have their port closed
 * @param sent what was sent to all of them
 */
public record OmittedEndpoints(long known, long active, long down, EndpointStats sent) {
    public static final OmittedEndpoints NONE = new OmittedEndpoints(0, 0, 0, EndpointStats.ZERO);

    /** With one more. */
    public OmittedEndpoints plus(EndpointStatus endpoint) {
        return new OmittedEndpoints(
                known + 1,
                active + (endpoint.active() ? 1 : 0),
                down + (!endpoint.isUsable() ? 1 : 0),
                sent.plus(endpoint.sent()));
    }

    public boolean isEmpty() {
        return known == 0;
    }
}
