package dev.udpfanout.lab.cluster.scenario;

import java.time.Duration;

/**
 * Something that happens to the cluster while datagrams are under way.
 *
 * @param name what it is called in the table
 * @param tolerance how much later than kube-proxy alone udp-fanout may hear of a change; null if nothing at all may be
 *     lost
 * @param event brings it about, and returns when the cluster has settled
 * @param spread how the datagrams that come afterwards must be spread
 */
record Scenario(String name, Duration tolerance, Event event, Spread spread) {
    /** How datagrams of a lane are spread over receivers. */
    enum Spread {
        /** However they are. */
        ANY,
        /** Each receiver gets as many as the others. */
        EVEN,
        /** All that a socket sends to an address comes to one receiver. */
        STICKY
    }

    /** What happens. */
    @FunctionalInterface
    interface Event {
        void happen(Cluster cluster) throws Exception;
    }

    /** A scenario in which nothing may be lost. */
    static Scenario lossless(String name, Event event) {
        return new Scenario(name, null, event, Spread.ANY);
    }

    /** A scenario in which kube-proxy alone loses something too. */
    static Scenario notWorse(String name, Duration tolerance, Event event) {
        return new Scenario(name, tolerance, event, Spread.ANY);
    }

    /** The same, after which datagrams must be spread so. */
    Scenario then(Spread expected) {
        return new Scenario(name, tolerance, event, expected);
    }

    /**
     * What is asked of a row.
     *
     * @param perSecond how many datagrams a second are sent by the row's senders together
     */
    Row.Promise promise(long perSecond) {
        return tolerance == null
                ? new Row.Promise.NothingLost()
                : new Row.Promise.NotWorse(
                        perSecond * tolerance.toMillis() / Duration.ofSeconds(1).toMillis());
    }
}
