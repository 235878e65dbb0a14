package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.node.DaemonPod;
import java.time.Duration;
import java.util.List;

/** What happens to daemons: nothing of it may lose a datagram. */
final class DaemonScenarios {
    private static final Duration ROLLOUT_LIMIT = Duration.ofMinutes(5);

    private DaemonScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.lossless("each daemon is killed (SIGKILL)", DaemonScenarios::killEach),
                Scenario.lossless("each daemon's pod is deleted (SIGTERM)", DaemonScenarios::deleteEach),
                Scenario.lossless("rollout of the daemons", DaemonScenarios::rollOut));
    }

    private static void killEach(Cluster cluster) {
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod daemon = cluster.daemon(node);
            daemon.kill();
            Cluster.await("the daemon of " + node.name() + " again", daemon::isReady);
        }
    }

    private static void deleteEach(Cluster cluster) {
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod before = cluster.daemon(node);
            cluster.kubectl().run("-n", Lane.NAMESPACE, "delete", "pod", "--wait=false", before.name());
            Cluster.await("another daemon on " + node.name(), () -> cluster.hasOtherDaemon(node, before));
        }
    }

    private static void rollOut(Cluster cluster) {
        cluster.kubectl().run("-n", Lane.NAMESPACE, "rollout", "restart", "daemonset/udp-fanout");
        cluster.kubectl().runWithin(ROLLOUT_LIMIT, "-n", Lane.NAMESPACE, "rollout", "status", "daemonset/udp-fanout");
    }
}
