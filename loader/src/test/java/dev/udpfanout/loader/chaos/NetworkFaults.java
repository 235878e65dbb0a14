package dev.udpfanout.loader.chaos;

import java.util.List;
import java.util.Random;

/** What happens to the node's routes and neighbours. */
final class NetworkFaults {
    private static final int PER_FLOW_AND_SECOND = Traffic.PER_SECOND / 2;

    /**
     * A probe that meets the moment takes an endpoint out, since the node itself has no route to it. It is in again
     * when later probes are answered. Meanwhile the others serve, so that no datagram is lost.
     */
    static final int PROBED_SECONDS = 20;

    private NetworkFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.passing("neighbours flushed", 5, (lab, random) -> lab.node("ip neigh flush all")),
                Fault.lossless("route cache flushed", 5, (lab, random) -> lab.node("ip route flush cache")),
                // The daemon has a second route, in another table, before that of the kernel.
                Fault.lossless("routes of dummy0 flushed", 8, (lab, random) -> lab.node("ip route flush dev dummy0")),
                Fault.lossless("local route of dummy0 added", 8, (lab, random) -> lab.node(localRoute("append"))),
                Fault.lossy("local route of dummy0 first", 8, (lab, random) -> lab.node(localRoute("prepend"))),
                Fault.passing("all routes flushed", PROBED_SECONDS, NetworkFaults::flushRoutes));
    }

    private static String localRoute(String how) {
        return "ip route " + how + " local 10.255.0.1 dev dummy0 table local";
    }

    /** The node's own and its pods' come back, as whoever runs its network puts them back; ours are the daemon's. */
    private static void flushRoutes(NodeLab lab, Random random) {
        lab.node("ip route flush table main");
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND / 2));
        lab.node("ip route add 192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1");
        lab.node("ip route add 10.42.0.0/24 dev cni0 proto kernel scope link src 10.42.0.1");
    }
}
