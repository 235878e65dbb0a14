package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Every datagram of one socket arrives, and each pod gets its share.
 *
 * @param daemon its executable
 * @param withDaemon false for the self-test
 * @param way in
 * @param ipv6 or else IPv4
 */
record DeliveryScenario(Path daemon, boolean withDaemon, WayIn way, boolean ipv6) implements Scenario {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Override
    public String name() {
        return way.name().toLowerCase(Locale.ROOT).replace('_', '-') + (ipv6 ? "-ipv6" : "-ipv4");
    }

    @Override
    public Outcome run() throws Exception {
        try (Cluster cluster = new Cluster(ipv6)) {
            if (way.isOnDummy()) {
                cluster.leadVipToDummy();
            }
            if (!withDaemon) {
                return Cluster.judged(cluster.send(way), ", without daemon");
            }
            try (LabProcess process = cluster.start(daemon, way, "")) {
                List<Long> byPod = cluster.send(way);
                if (way.isStraightIntoPods()) {
                    process.awaitLine("delivers straight into pods of this node listener_id=0 pods=3", LIMIT);
                    return pastTheVeths(cluster, byPod);
                }
                String attached = process.lines().stream()
                        .filter(line -> line.contains("attached TC eBPF program") || line.contains("io="))
                        .findFirst()
                        .map(line -> line.replaceAll(".*(method=\\S+|io=\\S+).*", "$1"))
                        .orElse("");
                return Cluster.judged(byPod, ", " + attached);
            }
        }
    }

    /** What was sent first has told where the pods are: of what is sent now, the veths see next to nothing. */
    private Outcome pastTheVeths(Cluster cluster, List<Long> byPodAtFirst) {
        Outcome first = Cluster.judged(byPodAtFirst, "");
        if (!first.passed()) {
            return first;
        }
        long before = cluster.sentByVeths();
        List<Long> byPod = cluster.send(way);
        long seen = cluster.sentByVeths() - before;
        Outcome second = Cluster.judged(byPod, ", " + seen + " by the node's end of a veth");
        return new Outcome(second.passed() && seen < Cluster.DATAGRAMS / 20, second.detail());
    }
}
