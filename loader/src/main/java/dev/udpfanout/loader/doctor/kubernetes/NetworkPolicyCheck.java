package dev.udpfanout.loader.doctor.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * NetworkPolicies that select the receivers. Network plugins that enforce them in the chain FORWARD of iptables do not
 * see what the kernel's datapath sends straight to the next hop.
 */
final class NetworkPolicyCheck {
    private static final String CHECK = "network_policies";

    private NetworkPolicyCheck() {}

    /** @param service whose endpoints the receivers are */
    static Diagnosis of(KubernetesClient client, String namespace, String service) {
        try {
            List<JsonNode> policies = policies(client, namespace);
            Map<String, String> selector = policies.isEmpty() ? Map.of() : selector(client, namespace, service);
            List<String> selecting = names(policies, selector, PodSelection.YES);
            List<String> maybe = names(policies, selector, PodSelection.MAYBE);
            if (selecting.isEmpty() && !maybe.isEmpty()) {
                return Diagnosis.notChecked(
                        CHECK,
                        "NetworkPolicies may select the receivers, by labels that the Service's selector does not have: "
                                + String.join(", ", maybe),
                        "kubectl -n " + namespace + " get pods --show-labels, and get networkpolicies -o yaml, tell;"
                                + " udp-fanout trace --to VIP:PORT --from SENDER shows whether one drops");
            }
            return selecting.isEmpty()
                    ? Diagnosis.ok(CHECK, "no NetworkPolicy in " + namespace + " selects the receivers")
                    : Diagnosis.warning(
                            CHECK,
                            "NetworkPolicies select the receivers: " + String.join(", ", selecting),
                            "a network plugin that enforces them in iptables' chain FORWARD does not see datagrams that"
                                    + " the kernel program sends; one that does it at the pod's interface may drop them",
                            "udp-fanout trace --to VIP:PORT --from SENDER shows whether one drops; limit senders by allow of"
                                    + " the listener, and let the policies admit the senders' addresses");
        } catch (KubernetesClientException e) {
            return ApiFailure.of(
                    client,
                    CHECK,
                    "NetworkPolicies of namespace " + namespace,
                    "kubectl -n " + namespace + " get networkpolicies",
                    e);
        }
    }

    private static List<String> names(List<JsonNode> policies, Map<String, String> selector, PodSelection wanted) {
        return policies.stream()
                .filter(policy -> PodSelection.of(policy, selector) == wanted)
                .map(policy -> policy.path("metadata").path("name").asText())
                .sorted()
                .toList();
    }

    private static Map<String, String> selector(KubernetesClient client, String namespace, String service) {
        return Optional.ofNullable(client.services()
                        .inNamespace(namespace)
                        .withName(service)
                        .get())
                .map(Service::getSpec)
                .map(spec -> spec.getSelector())
                .orElse(Map.of());
    }

    private static List<JsonNode> policies(KubernetesClient client, String namespace) {
        try {
            String answer =
                    client.raw("/apis/networking.k8s.io/v1/namespaces/" + namespace + "/networkpolicies", "GET", null);
            return new ObjectMapper()
                    .readTree(answer == null ? "{}" : answer)
                    .path("items")
                    .valueStream()
                    .toList();
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }
}
