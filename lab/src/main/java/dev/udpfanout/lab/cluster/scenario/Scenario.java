package dev.udpfanout.lab.cluster.scenario;

/**
 * Something that happens to the cluster while datagrams are under way.
 *
 * @param name what it is called in the table
 * @param promise what is asked of udp-fanout meanwhile
 * @param event brings it about, and returns when the cluster has settled
 */
record Scenario(String name, Row.Promise promise, Event event) {
    /** How many datagrams of a sender are one second's. */
    static final long SECOND = 100;

    /** What happens. */
    @FunctionalInterface
    interface Event {
        void happen(Cluster cluster) throws Exception;
    }

    /** A scenario in which nothing may be lost. */
    static Scenario lossless(String name, Event event) {
        return new Scenario(name, new Row.Promise.NothingLost(), event);
    }

    /** A scenario in which kube-proxy alone loses something too. */
    static Scenario notWorse(String name, long tolerance, Event event) {
        return new Scenario(name, new Row.Promise.NotWorse(tolerance), event);
    }
}
