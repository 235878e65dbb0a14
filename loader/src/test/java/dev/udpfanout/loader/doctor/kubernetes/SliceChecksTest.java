package dev.udpfanout.loader.doctor.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SliceChecksTest {
    private static final String KEEPER = "endpointslice.kubernetes.io/managed-by";
    private static final EndpointSlice OURS = slice("lb-udp-fanout-node-a-5514-ipv4", Map.of(KEEPER, "udp-fanout"));

    private static EndpointSlice slice(String name, Map<String, String> labels) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private static Diagnosis with(EndpointSlice... slices) {
        return SliceChecks.of("logging", "lb", List.of(slices));
    }

    @Test
    void shouldBeContentWithTheDaemonsOwn() {
        assertEquals(Result.OK, with(OURS).result());
        assertEquals(Result.OK, with().result());
    }

    @Test
    void shouldRefuseEndpointsByHandAndSayHowTheyGo() {
        Diagnosis found = with(OURS, slice("lb-x7k2p", Map.of(KEEPER, "endpointslicemirroring-controller.k8s.io")));

        assertEquals(Result.PROBLEM, found.result());
        assertTrue(found.finding().startsWith("logging/lb has Endpoints by hand (lb-x7k2p)"), found::finding);
        assertTrue(found.mend().contains("kubectl -n logging delete endpoints lb"), found::mend);
    }

    @Test
    void shouldRefuseSlicesOfAnybodyElse() {
        Diagnosis found =
                with(slice("b", Map.of(KEEPER, "endpointslice-controller.k8s.io")), slice("a", Map.of()), OURS);

        assertEquals(Result.PROBLEM, found.result());
        assertTrue(found.finding().contains("(a, b)"), found::finding);
        assertTrue(found.mend().startsWith("kubectl -n logging delete endpointslices a b;"), found::mend);
    }
}
