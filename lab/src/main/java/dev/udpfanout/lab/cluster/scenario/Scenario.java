package dev.udpfanout.lab.cluster.scenario;

import java.time.Duration;
import java.util.Set;

/**
 * Something that happens to the cluster while datagrams are under way.
 *
 * @param name what it is called in the table
 * @param losslessFrom the minor version of the first Kubernetes with which nothing at all may be lost
 * @param tolerance before that version, how much later than kube-proxy alone udp-fanout may hear of a change
 * @param event brings it about, and returns when the cluster has settled
 * @param spread how the datagrams that come afterwards must be spread
 * @param needs the names of the scenarios that must have been run before
 */
record Scenario(String name, int losslessFrom, Duration tolerance, Event event, Spread spread, Set<String> needs) {
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
        return new Scenario(name, 0, Duration.ZERO, event, Spread.ANY, Set.of());
    }

    /** A scenario in which kube-proxy alone loses something too. */
    static Scenario notWorse(String name, Duration tolerance, Event event) {
        return new Scenario(name, Integer.MAX_VALUE, tolerance, event, Spread.ANY, Set.of());
    }

    /** The same, in which nothing may be lost from a version of Kubernetes on. */
    Scenario losslessFrom(int minorVersion) {
        return new Scenario(name, minorVersion, tolerance, event, spread, needs);
    }

    /** The same, after which datagrams must be spread so. */
    Scenario then(Spread expected) {
        return new Scenario(name, losslessFrom, tolerance, event, expected, needs);
    }

    /** The same, which can only be run after others. */
    Scenario after(String... others) {
        return new Scenario(name, losslessFrom, tolerance, event, spread, Set.of(others));
    }

    /**
     * What is asked of a row.
     *
     * @param minorVersion of Kubernetes
     * @param perSecond how many datagrams a second are sent by the row's senders together
     */
    Row.Promise promise(int minorVersion, long perSecond) {
        return minorVersion >= losslessFrom
                ? new Row.Promise.NothingLost()
                : new Row.Promise.NotWorse(
                        perSecond * tolerance.toMillis() / Duration.ofSeconds(1).toMillis());
    }
}
