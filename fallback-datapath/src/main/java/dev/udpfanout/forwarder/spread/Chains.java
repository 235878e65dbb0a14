package dev.udpfanout.forwarder.spread;

import java.util.Arrays;

/**
 * Sorts a batch's datagrams by endpoint, where each has one of its own: a chain for each endpoint that has any, in the
 * order of their first datagrams. Takes a time that grows with the batch alone. One worker's; not for use by several
 * threads.
 */
public final class Chains {
    /** Behind the last one. */
    public static final int NONE = -1;

    private final int[] firsts;
    private final int[] nexts;
    private int[] lastOf = {};
    private int chains;

    /** @param capacity datagrams of a batch at the most */
    public Chains(int capacity) {
        this.firsts = new int[capacity];
        this.nexts = new int[capacity];
    }

    /** From now on there are so many endpoints. */
    public void useEndpoints(int endpoints) {
        lastOf = new int[endpoints];
        Arrays.fill(lastOf, NONE);
    }

    /** @param endpointOf of each datagram, valid up to {@code count} */
    public void link(int[] endpointOf, int count) {
        chains = 0;
        for (int i = 0; i < count; i++) {
            int last = lastOf[endpointOf[i]];
            if (last == NONE) {
                firsts[chains++] = i;
            } else {
                nexts[last] = i;
            }
            nexts[i] = NONE;
            lastOf[endpointOf[i]] = i;
        }
        for (int chain = 0; chain < chains; chain++) {
            lastOf[endpointOf[firsts[chain]]] = NONE;
        }
    }

    /** How many endpoints have any. */
    public int count() {
        return chains;
    }

    /** The first datagram of a chain. */
    public int first(int chain) {
        return firsts[chain];
    }

    /** The datagram that follows one in its chain, or {@link #NONE}. */
    public int next(int datagram) {
        return nexts[datagram];
    }
}
