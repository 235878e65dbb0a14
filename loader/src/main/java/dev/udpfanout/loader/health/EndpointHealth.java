package dev.udpfanout.loader.health;

import dev.udpfanout.loader.status.HealthState;

/**
 * What is known of one endpoint's health: an immutable value.
 *
 * @param state what its probes have decided
 * @param contrary how many results in a row have spoken against the state; while it is unknown, how many failures
 */
record EndpointHealth(HealthState state, int contrary) {
    static final EndpointHealth UNKNOWN = new EndpointHealth(HealthState.UNKNOWN, 0);
    static final EndpointHealth UP = new EndpointHealth(HealthState.UP, 0);
    static final EndpointHealth DOWN = new EndpointHealth(HealthState.DOWN, 0);

    /** After one more probe. The first success of an endpoint that is new is enough: it is used already. */
    EndpointHealth after(boolean success, Thresholds thresholds) {
        boolean isDown = state == HealthState.DOWN;
        if (success) {
            return !isDown || contrary + 1 >= thresholds.rise() ? UP : new EndpointHealth(state, contrary + 1);
        }
        return isDown || contrary + 1 >= thresholds.fall() ? DOWN : new EndpointHealth(state, contrary + 1);
    }
}
