package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.node.DaemonPod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.util.List;

/**
 * What happens to the API server, and to the daemons' rights there. After it the daemons must follow the receivers
 * again.
 */
final class ControlPlaneScenarios {
    private ControlPlaneScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.lossless("API server away, daemons killed, 410 Gone", ControlPlaneScenarios::outage),
                Scenario.lossless("tokens expire while the API server restarts", ControlPlaneScenarios::tokens));
    }

    private static void outage(Cluster cluster) {
        String revision = cluster.slices().revision();
        cluster.controlPlane().killApiServer();
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod daemon = cluster.daemon(node);
            daemon.kill();
            Cluster.await("the daemon of " + node.name() + " runs again", () -> daemon.page("/healthz")
                    .startsWith("ok"));
        }
        cluster.controlPlane().compact();
        cluster.controlPlane().startApiServer();
        String watch = cluster.slices().watchFrom(revision);
        if (!watch.contains("\"code\":410")) {
            throw new IllegalStateException("a watch from before the outage was not told 410 Gone, but: " + watch);
        }
        awaitFollowing(cluster);
    }

    /** One more receiver, and one less: a daemon that does not hear of it sends to one that is gone. */
    private static void awaitFollowing(Cluster cluster) {
        cluster.scaleReceivers(Cluster.EXAMPLE_RECEIVERS + 1);
        cluster.awaitDaemons();
        for (ClusterNode node : cluster.nodes()) {
            Cluster.await(node.name() + " has the new receiver", () -> cluster.daemon(node)
                    .page("/metrics")
                    .contains("udp_fanout_endpoints_active{listener=\"syslog\"} " + (Cluster.EXAMPLE_RECEIVERS + 1)));
        }
        cluster.scaleReceivers(Cluster.EXAMPLE_RECEIVERS);
    }

    private static void tokens(Cluster cluster) throws IOException {
        Secret secret = cluster.controlPlane()
                .client()
                .secrets()
                .inNamespace(Lane.NAMESPACE)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withGenerateName("tokens-end-with-this-")
                        .withNamespace(Lane.NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod daemon = cluster.daemon(node);
            daemon.account()
                    .renewBoundTo(
                            "Secret",
                            secret.getMetadata().getName(),
                            secret.getMetadata().getUid());
            daemon.kill();
            Cluster.await(node.name() + " ready with the other token", daemon::isReady);
        }
        cluster.controlPlane().client().resource(secret).delete();
        cluster.controlPlane().killApiServer();
        cluster.controlPlane().startApiServer();
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod daemon = cluster.daemon(node);
            Cluster.await(node.name() + " is refused", () -> daemon.page("/metrics")
                    .contains("udp_fanout_kubernetes_watch_connected 0.0"));
            daemon.account().renew();
        }
        awaitFollowing(cluster);
    }
}
