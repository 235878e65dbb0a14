package dev.udpfanout.loader.doctor.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PodSelectionTest {
    private static final Map<String, String> LABELS = Map.of("app", "receivers");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                                    | YES",
                "{'podSelector': {'matchLabels': {'app': 'receivers'}}}                                | YES",
                "{'podSelector': {'matchLabels': {'app': 'web'}}}                                      | NO",
                "{'podSelector': {'matchLabels': {'tier': 'logs'}}}                                    | MAYBE",
                "{'podSelector': {'matchLabels': {'tier': 'logs', 'app': 'web'}}}                      | NO",
                "{'podSelector': {'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]}}         | YES",
                "{'podSelector': {'matchExpressions': [{'key': 'app', 'operator': 'DoesNotExist'}]}}   | NO",
                "{'podSelector': {'matchExpressions': [{'key': 'x', 'operator': 'DoesNotExist'}]}}     | MAYBE",
                "{'podSelector': {'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['receivers', 'web']}]}} | YES",
                "{'podSelector': {'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['receivers']}]}}     | NO",
                "{'podSelector': {}, 'policyTypes': ['Egress']}                                        | NO",
                "{'podSelector': {}, 'policyTypes': ['Egress', 'Ingress']}                             | YES"
            })
    void shouldSayWhetherThePolicyLimitsWhatTheReceiversGet(String spec, PodSelection expected)
            throws JsonProcessingException {
        String policy = "{\"spec\": " + spec.replace('\'', '"') + "}";

        assertEquals(expected, PodSelection.of(new ObjectMapper().readTree(policy), LABELS), spec);
    }
}
