package dev.udpfanout.loader.doctor.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whether a NetworkPolicy limits what receivers get, as far as some of their labels are known. Pure. Source: the API's
 * NetworkPolicySpec and LabelSelector; a policy without {@code policyTypes} always limits what comes in.
 */
enum PodSelection {
    NO,
    /** It asks for labels that are not known. */
    MAYBE,
    YES;

    /**
     * @param policy as the API server has it
     * @param known labels that the receivers have; they may have others
     */
    static PodSelection of(JsonNode policy, Map<String, String> known) {
        JsonNode types = policy.path("spec").path("policyTypes");
        boolean isOfIngress = types.isEmpty()
                || types.valueStream().anyMatch(type -> type.asText().equals("Ingress"));
        if (!isOfIngress) {
            return NO;
        }
        JsonNode pods = policy.path("spec").path("podSelector");
        Stream<PodSelection> labels = pods.path("matchLabels").properties().stream()
                .map(label -> one(known, label.getKey(), label.getValue().asText()::equals));
        Stream<PodSelection> expressions =
                pods.path("matchExpressions").valueStream().map(expression -> one(known, expression));
        return Stream.concat(labels, expressions).min(Enum::compareTo).orElse(YES);
    }

    private static PodSelection one(Map<String, String> known, String key, Predicate<String> isWanted) {
        return Optional.ofNullable(known.get(key))
                .map(value -> isWanted.test(value) ? YES : NO)
                .orElse(MAYBE);
    }

    private static PodSelection one(Map<String, String> known, JsonNode expression) {
        Predicate<String> isListed =
                value -> expression.path("values").valueStream().anyMatch(each -> each.asText()
                        .equals(value));
        return one(known, expression.path("key").asText(), value -> switch (expression
                .path("operator")
                .asText()) {
            case "In" -> isListed.test(value);
            case "NotIn" -> !isListed.test(value);
            case "DoesNotExist" -> false;
            default -> true;
        });
    }
}
