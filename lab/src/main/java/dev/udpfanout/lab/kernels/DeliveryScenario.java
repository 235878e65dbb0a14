package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
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
                String attached = process.lines().stream()
                        .filter(line -> line.contains("attached TC eBPF program") || line.contains("transport="))
                        .findFirst()
                        .map(line -> line.replaceAll(".*(method=\\S+|transport=\\S+).*", "$1"))
                        .orElse("");
                return Cluster.judged(byPod, ", " + attached);
            }
        }
    }
}
