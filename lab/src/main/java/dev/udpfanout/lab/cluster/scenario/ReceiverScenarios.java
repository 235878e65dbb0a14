package dev.udpfanout.lab.cluster.scenario;

import java.time.Duration;
import java.util.List;

/** What happens to receivers. */
final class ReceiverScenarios {
    private static final Duration ROLLOUT_LIMIT = Duration.ofMinutes(5);
    private static final int MANY = 50;

    private ReceiverScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.lossless("rollout of the receivers", ReceiverScenarios::rollOut),
                Scenario.lossless("receivers 3 -> 50 -> 3", ReceiverScenarios::upAndDown),
                Scenario.notWorse("receivers 3 -> 0 -> 3", Duration.ofSeconds(2), ReceiverScenarios::noneForAWhile));
    }

    private static void rollOut(Cluster cluster) {
        cluster.kubectl().run("-n", Lane.NAMESPACE, "rollout", "restart", "deployment/udp-receiver");
        cluster.kubectl()
                .runWithin(ROLLOUT_LIMIT, "-n", Lane.NAMESPACE, "rollout", "status", "deployment/udp-receiver");
        cluster.awaitReceivers(Cluster.EXAMPLE_RECEIVERS);
    }

    private static void upAndDown(Cluster cluster) {
        cluster.scaleReceivers(MANY);
        cluster.scaleReceivers(Cluster.EXAMPLE_RECEIVERS);
    }

    private static void noneForAWhile(Cluster cluster) {
        cluster.scaleReceivers(0);
        cluster.scaleReceivers(Cluster.EXAMPLE_RECEIVERS);
        cluster.awaitDaemons();
    }
}
