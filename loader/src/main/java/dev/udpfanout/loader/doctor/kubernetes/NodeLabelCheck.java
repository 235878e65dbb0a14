package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/** Whether load balancers may lead traffic to this node: kubernetes, KEP-1143. */
final class NodeLabelCheck {
    private static final String CHECK = "node_labels";
    private static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

    private NodeLabelCheck() {}

    /** @param node its name */
    static Diagnosis of(KubernetesClient client, String node) {
        try {
            Node found = client.nodes().withName(node).get();
            if (found == null) {
                return Diagnosis.notChecked(
                        CHECK, "there is no Node " + node, "set NODE_NAME in the pod, as the DaemonSet does");
            }
            Map<String, String> labels =
                    Optional.ofNullable(found.getMetadata().getLabels()).orElse(Map.of());
            return labels.containsKey(EXCLUDED)
                    ? Diagnosis.warning(
                            CHECK,
                            "the Node " + node + " has the label " + EXCLUDED,
                            "MetalLB does not announce a VIP from it",
                            "if it is to: kubectl label node " + node + " " + EXCLUDED + "-")
                    : Diagnosis.ok(CHECK, "load balancers may lead traffic to " + node);
        } catch (KubernetesClientException e) {
            return ApiFailure.of(client, CHECK, "Node " + node, "kubectl get node " + node + " --show-labels", e);
        }
    }
}
