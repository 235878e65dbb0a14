package dev.udpfanout.loader.status;

/**
 * Endpoints of a listener that are not shown one by one, since there are too many: what they add up to.
 *
 * @param known how many there are
 * @param active how many of them are sent datagrams
 * @param down how many of them the probes find down
 * @param packets datagrams sent to all of them
 */
public record OmittedEndpoints(long known, long active, long down, long packets) {
    public static final OmittedEndpoints NONE = new OmittedEndpoints(0, 0, 0, 0);

    /** With one more. */
    public OmittedEndpoints plus(EndpointStatus endpoint) {
        return new OmittedEndpoints(
                known + 1,
                active + (endpoint.active() ? 1 : 0),
                down + (endpoint.health() == HealthState.DOWN ? 1 : 0),
                packets + endpoint.packets());
    }

    public boolean isEmpty() {
        return known == 0;
    }
}
