package dev.udpfanout.loader.doctor.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether this account has the rights that a listener needs: each is asked for, by a SelfSubjectAccessReview, which
 * every account may.
 */
final class AccessCheck {
    private static final String CHECK = "access";
    private static final String SLICES = "endpointslices";
    private static final String SLICES_GROUP = "discovery.k8s.io";

    /** As JSON: the model's classes of this API group would be one more library in the image. */
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private AccessCheck() {}

    private record Right(String group, String resource, List<String> verbs) {}

    /** For the namespace that receivers are in. */
    static Diagnosis ofReceivers(KubernetesClient client, String namespace) {
        return of(
                client,
                namespace,
                List.of(new Right(SLICES_GROUP, SLICES, List.of("list", "watch"))),
                "the daemon does not learn who the receivers are",
                "the RoleBinding udp-fanout-discovery of k8s/rbac.yaml must be in namespace " + namespace);
    }

    /** For the namespace of the Service that a listener publishes to. */
    static Diagnosis ofPublication(KubernetesClient client, String namespace) {
        return of(
                client,
                namespace,
                List.of(
                        new Right("", "services", List.of("get", "list", "watch")),
                        new Right(SLICES_GROUP, SLICES, List.of("list", "watch", "create", "patch"))),
                "the daemon does not publish that this node is ready, or does not know the VIP",
                "the Role and RoleBinding udp-fanout-publish of k8s/rbac.yaml must be in namespace " + namespace);
    }

    /**
     * For annotated Services.
     *
     * @param namespace in which they are looked for; empty for all of the cluster
     */
    static Diagnosis ofServices(KubernetesClient client, String namespace) {
        return of(
                client,
                namespace,
                List.of(
                        new Right("", "services", List.of("list", "watch")),
                        new Right(SLICES_GROUP, SLICES, List.of("list", "watch")),
                        new Right("", "events", List.of("create"))),
                "the daemon does not learn of annotated Services and their endpoints, or cannot say on a Service why it"
                        + " is refused",
                "the rights of k8s/overlays/services must be bound "
                        + (namespace.isEmpty() ? "by a ClusterRoleBinding" : "in namespace " + namespace));
    }

    private static Diagnosis of(
            KubernetesClient client, String namespace, List<Right> rights, String meaning, String mend) {
        List<String> missing = new ArrayList<>();
        boolean isUnknown = false;
        for (Right right : rights) {
            List<String> denied = new ArrayList<>();
            for (String verb : right.verbs()) {
                Optional<Boolean> allowed = isAllowed(client, namespace, right, verb);
                isUnknown |= allowed.isEmpty();
                if (allowed.filter(yes -> !yes).isPresent()) {
                    denied.add(verb);
                }
            }
            if (!denied.isEmpty()) {
                missing.add(String.join(", ", denied) + " " + right.resource());
            }
        }
        if (!missing.isEmpty()) {
            return Diagnosis.problem(
                    CHECK, "this account may not " + String.join("; ", missing) + where(namespace), meaning, mend);
        }
        return isUnknown
                ? Diagnosis.notChecked(
                        CHECK,
                        "the API server does not say what this account may do" + where(namespace),
                        "look with: kubectl auth can-i --list" + (namespace.isEmpty() ? "" : " -n " + namespace)
                                + " --as system:serviceaccount:udp-fanout:udp-fanout")
                : Diagnosis.ok(CHECK, "this account has the rights that it needs" + where(namespace));
    }

    private static String where(String namespace) {
        return namespace.isEmpty() ? " in all namespaces" : " in namespace " + namespace;
    }

    private static Optional<Boolean> isAllowed(KubernetesClient client, String namespace, Right right, String verb) {
        ObjectNode question = JSON.createObjectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SelfSubjectAccessReview");
        question.putObject("spec")
                .putObject("resourceAttributes")
                .put("namespace", namespace)
                .put("group", right.group())
                .put("resource", right.resource())
                .put("verb", verb);
        try {
            String answer = client.raw(REVIEWS, "POST", question.toString());
            JsonNode allowed =
                    JSON.readTree(answer == null ? "{}" : answer).path("status").path("allowed");
            return allowed.isMissingNode() ? Optional.empty() : Optional.of(allowed.asBoolean());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
