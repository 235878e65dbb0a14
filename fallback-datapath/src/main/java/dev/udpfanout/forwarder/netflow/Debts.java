package dev.udpfanout.forwarder.netflow;

import java.util.Arrays;

/**
 * Which endpoints lack templates: the kernel has refused a message to them, or nobody listened there. They get no
 * records until they have been told. One thread's.
 */
public final class Debts {
    private enum State {
        NONE,
        /** It has to be told. */
        OWED,
        /** Nobody listened there: it has to be told twice, since a refusal comes out with a later send only. */
        REFUSED,
        /** It was told once since it has refused. */
        TOLD
    }

    private State[] states = {};
    private int count;

    /** Begins anew, with so many endpoints that all know everything. */
    public void reset(int endpoints) {
        states = new State[endpoints];
        Arrays.fill(states, State.NONE);
        count = 0;
    }

    /** Takes over what another one has of an endpoint. */
    public void take(int endpoint, Debts from, int other) {
        set(endpoint, from.states[other]);
    }

    /** The kernel did not take a message to it. */
    public void owe(int endpoint) {
        if (states[endpoint] == State.NONE) {
            set(endpoint, State.OWED);
        }
    }

    /** Nobody listened there. */
    public void refused(int endpoint) {
        set(endpoint, State.REFUSED);
    }

    /** It was told all, and nothing has been refused. */
    public void told(int endpoint) {
        set(endpoint, states[endpoint] == State.REFUSED ? State.TOLD : State.NONE);
    }

    private void set(int endpoint, State next) {
        count += (next == State.NONE ? 0 : 1) - (states[endpoint] == State.NONE ? 0 : 1);
        states[endpoint] = next;
    }

    /** Whether any endpoint lacks templates. */
    public boolean any() {
        return count > 0;
    }

    /** Whether this one does. */
    public boolean isOwed(int endpoint) {
        return states[endpoint] != State.NONE;
    }

    /** The endpoint itself, or the next one that lacks nothing; itself, too, if all lack something. */
    public int instead(int endpoint) {
        for (int i = 0; i < states.length; i++) {
            int next = (endpoint + i) % states.length;
            if (states[next] == State.NONE) {
                return next;
            }
        }
        return endpoint;
    }
}
