package dev.udpfanout.forwarder.spread;

/**
 * Deals datagrams to endpoints in turn. A batch of m datagrams that starts at endpoint f gives datagram i to endpoint
 * (f + i) mod n, so an endpoint's share of the batch is every n-th datagram. One worker's; not for use by several
 * threads.
 */
public final class RoundRobin {
    private int next;

    /**
     * @param worker the worker's number, from 0: workers start at different endpoints, so that the few datagrams which
     *     each of many workers sees do not all go to the first endpoint
     */
    public RoundRobin(int worker) {
        this.next = worker;
    }

    /** The endpoint of the batch's first datagram; the turn then moves on by the whole batch. */
    public int takeTurns(int datagrams, int endpoints) {
        int first = next % endpoints;
        next = (int) (((long) first + datagrams) % endpoints);
        return first;
    }
}
