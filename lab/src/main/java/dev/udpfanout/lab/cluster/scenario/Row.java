package dev.udpfanout.lab.cluster.scenario;

/**
 * A line of the table.
 *
 * @param scenario what happened
 * @param origin who sent
 * @param sent datagrams to each of the two Services
 * @param lostAlone of those to the pods by kube-proxy alone
 * @param lostFanOut of those to udp-fanout's Service
 * @param duplicates that arrived more than once, by either
 * @param promise what is asked of udp-fanout
 */
public record Row(
        String scenario, String origin, long sent, long lostAlone, long lostFanOut, long duplicates, Promise promise) {
    /** What a scenario asks of udp-fanout. */
    public sealed interface Promise {
        /** Not one datagram is lost, whatever kube-proxy alone loses. */
        record NothingLost() implements Promise {}

        /**
         * No more is lost than by kube-proxy alone.
         *
         * @param tolerance datagrams that one may lose more than the other because they hear of a change at different
         *     moments
         */
        record NotWorse(long tolerance) implements Promise {}
    }

    /** Whether the promise was kept. */
    public boolean kept() {
        return sent > 0
                && duplicates == 0
                && switch (promise) {
                    case Promise.NothingLost nothing -> lostFanOut == 0;
                    case Promise.NotWorse notWorse -> lostFanOut <= lostAlone + notWorse.tolerance();
                };
    }
}
