package dev.udpfanout.lab.kernels;

import java.util.List;

/**
 * Every datagram of one socket arrives, and each pod gets its share; with replies, every question is answered. One
 * daemon has all the listeners.
 *
 * @param daemon under test
 * @param name one word
 * @param listeners in the order of the checks
 * @param fragmented listeners that are tried with fragments as well
 */
record DeliveryScenario(Daemon daemon, String name, List<Listener> listeners, List<Listener> fragmented)
        implements Scenario {
    @Override
    public void run(CheckReport report) throws Exception {
        try (Cluster cluster = new Cluster()) {
            if (listeners.stream().anyMatch(listener -> listener.way().isOnVlan())) {
                cluster.addVlan();
            }
            if (listeners.stream().anyMatch(listener -> listener.way().leadsToVlan())) {
                cluster.addPodVlan();
            }
            try (Daemon.Run run = daemon.start(cluster, listeners)) {
                for (int i = 0; i < listeners.size(); i++) {
                    int id = i;
                    Listener listener = listeners.get(id);
                    report.check(listener.name(), () -> outcome(cluster, run, listener, id));
                    if (fragmented.contains(listener)) {
                        report.check(
                                listener.name() + "-fragments",
                                () -> Outcome.ofSpread(cluster.sendFragmented(listener), Cluster.DATAGRAMS / 10, ""));
                    }
                }
            }
        }
    }

    private static Outcome outcome(Cluster cluster, Daemon.Run run, Listener listener, int id) {
        if (listener.way().isOnDummy()) {
            cluster.leadVipTo(listener);
        }
        if (listener.way().hasReplies()) {
            return cluster.ask(listener, run.served(id));
        }
        if (listener.way() == WayIn.NIC_MIRROR) {
            return Outcome.ofSpread(cluster.sendToMirror(listener), Cluster.DATAGRAMS, " of the mirror");
        }
        Outcome outcome = Outcome.ofSpread(cluster.send(listener), Cluster.DATAGRAMS, run.served(id));
        if (!outcome.passed() || !listener.way().isStraightIntoPods()) {
            return outcome;
        }
        run.awaitLine("delivers straight into pods of this node listener_id=" + id + " pods=" + Cluster.PODS);
        return pastTheVeths(cluster, listener);
    }

    /** What was sent first has told where the pods are: of what is sent now, the veths see next to nothing. */
    private static Outcome pastTheVeths(Cluster cluster, Listener listener) {
        long before = cluster.sentByVeths();
        List<Long> byPod = cluster.send(listener);
        long seen = cluster.sentByVeths() - before;
        Outcome outcome = Outcome.ofSpread(byPod, Cluster.DATAGRAMS, ", " + seen + " by the node's end of a veth");
        return new Outcome(outcome.passed() && seen < Cluster.DATAGRAMS / 20, outcome.detail());
    }
}
