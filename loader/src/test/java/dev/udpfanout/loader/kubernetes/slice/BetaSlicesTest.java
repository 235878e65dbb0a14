package dev.udpfanout.loader.kubernetes.slice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class BetaSlicesTest {
    private static EndpointSlice read(String endpoints) {
        return BetaSlices.toV1(Serialization.unmarshal(
                """
                {"apiVersion": "discovery.k8s.io/v1beta1", "kind": "EndpointSlice",
                 "metadata": {"namespace": "logging", "name": "receivers-abc"}, "addressType": "IPv4",
                 "ports": [{"name": "syslog", "port": 5514, "protocol": "UDP"}], "endpoints": %s}
                """.formatted(endpoints), io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice.class));
    }

    @Test
    void shouldReadAsKubernetes119Writes() {
        EndpointSlice slice = read("""
                [{"addresses": ["10.42.0.11"], "conditions": {"ready": true},
                  "targetRef": {"kind": "Pod", "name": "receiver-1"},
                  "topology": {"kubernetes.io/hostname": "node-a", "topology.kubernetes.io/zone": "zone-1"}}]""");

        Endpoint endpoint = slice.getEndpoints().getFirst();
        assertEquals("discovery.k8s.io/v1", slice.getApiVersion());
        assertEquals("node-a", endpoint.getNodeName());
        assertEquals("zone-1", endpoint.getZone());
        assertEquals("receiver-1", endpoint.getTargetRef().getName());
        assertTrue(endpoint.getConditions().getReady());
        assertNull(endpoint.getConditions().getServing());
        assertEquals(5514, slice.getPorts().getFirst().getPort());
    }

    @Test
    void shouldReadAsKubernetes120WritesWithItsGatesOpen() {
        EndpointSlice slice = read("""
                [{"addresses": ["10.42.0.11"], "conditions": {"ready": false, "serving": true, "terminating": true},
                  "nodeName": "node-a"}]""");

        Endpoint endpoint = slice.getEndpoints().getFirst();
        assertEquals("node-a", endpoint.getNodeName());
        assertFalse(endpoint.getConditions().getReady());
        assertTrue(endpoint.getConditions().getServing());
        assertTrue(endpoint.getConditions().getTerminating());
    }

    @Test
    void shouldReadAnEmptyListThatIsWrittenAsNull() {
        assertEquals(List.of(), read("null").getEndpoints());
    }

    @Test
    void shouldWriteNoFieldThatKubernetes119DoesNotKnow() {
        String written = Serialization.asJson(BetaSlices.ofV1(new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("x")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses("10.255.0.1")
                .withNodeName("node-a")
                .withNewConditions(true, true, false)
                .endEndpoint()
                .build()));

        assertTrue(written.contains("\"topology\":{\"kubernetes.io/hostname\":\"node-a\"}"), written);
        assertTrue(written.contains("\"conditions\":{\"ready\":true}"), written);
        assertFalse(written.contains("nodeName"), written);
    }
}
