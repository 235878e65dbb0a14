package dev.udpfanout.loader.chaos;

import io.fabric8.mockwebserver.http.MockResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** What happens to the API server, and to the endpoints that it tells of. */
final class ApiFaults {
    private static final int PER_FLOW_AND_SECOND = Traffic.PER_SECOND / 2;
    private static final int CHANGES = 60;
    private static final int UNAUTHORIZED = 401;

    /** The watches try again at least every 10 s (WatchTiming). */
    private static final int RECONNECTED_SECONDS = 60;

    private ApiFaults() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>(passing());
        all.add(Fault.lossless("API server away, kill -9", RECONNECTED_SECONDS, ApiFaults::outageAndKill));
        return all;
    }

    /** Those in which the daemon goes on. */
    static List<Fault> passing() {
        return List.of(
                Fault.lossless("endpoint churn, 50 changes/s", 10, ApiFaults::churn),
                Fault.lossless("API server away", RECONNECTED_SECONDS, ApiFaults::outage),
                Fault.lossless("token revoked (401)", RECONNECTED_SECONDS, ApiFaults::revokedToken));
    }

    /** The pods go on receiving whatever the API server says: datagrams that an old table sends there arrive. */
    private static void churn(NodeLab lab, Random random) {
        TreeSet<Integer> pods = NodeLab.allPods();
        for (int change = 0; change < CHANGES; change++) {
            int pod = 2 + random.nextInt(NodeLab.PODS - 1);
            if (!pods.remove(pod)) {
                pods.add(pod);
            }
            lab.serve(pods);
            lab.traffic().awaitSent(PER_FLOW_AND_SECOND / 50);
        }
        lab.serve(NodeLab.allPods());
    }

    private static void outage(NodeLab lab, Random random) {
        lab.api().goAway();
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND + random.nextInt(PER_FLOW_AND_SECOND));
        lab.api().comeBack();
    }

    private static void outageAndKill(NodeLab lab, Random random) {
        lab.api().goAway();
        lab.daemon().end("KILL");
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND));
        lab.daemon().start();
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND));
        lab.api().comeBack();
    }

    private static void revokedToken(NodeLab lab, Random random) {
        lab.api().api().disturb((request, usual) -> new MockResponse().setResponseCode(UNAUTHORIZED));
        lab.api().api().watches().drop();
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND + random.nextInt(PER_FLOW_AND_SECOND));
        lab.api().api().behave();
    }
}
