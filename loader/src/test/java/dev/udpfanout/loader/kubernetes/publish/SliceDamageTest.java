package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SliceDamageTest {
    private static final EndpointSlice APPLIED = new EndpointSliceBuilder()
            .withNewMetadata()
            .withName("syslog-udp-fanout-node-a-5514-ipv4")
            .addToLabels("kubernetes.io/service-name", "syslog")
            .addNewOwnerReference()
            .withKind("Service")
            .withUid("1")
            .endOwnerReference()
            .endMetadata()
            .withAddressType("IPv4")
            .addNewPort()
            .withName("")
            .withPort(5514)
            .withProtocol("UDP")
            .endPort()
            .addNewEndpoint()
            .withAddresses("10.255.0.1")
            .withNodeName("node-a")
            .withNewConditions(true, true, false)
            .endEndpoint()
            .build();

    private static Optional<String> after(UnaryOperator<EndpointSliceBuilder> change) {
        return SliceDamage.of(change.apply(APPLIED.edit()).build(), APPLIED);
    }

    @Test
    void shouldFindNoneInWhatTheServerAdds() {
        assertEquals(Optional.empty(), after(slice -> slice.editMetadata()
                .withResourceVersion("7")
                .addToLabels("other", "label")
                .addToAnnotations("a", "b")
                .endMetadata()));
    }

    @Test
    void shouldFindNoneWhereTheServerKeepsOnlyReady() {
        assertEquals(Optional.empty(), after(slice -> slice.editFirstEndpoint()
                .withNewConditions(true, null, null)
                .endEndpoint()));
    }

    @Test
    void shouldFindEachChange() {
        Optional<String> changed = Optional.of("changed");
        assertEquals(changed, after(slice -> slice.editFirstEndpoint()
                .withAddresses("10.255.0.9")
                .endEndpoint()));
        assertEquals(changed, after(slice -> slice.editFirstEndpoint()
                .withNewConditions(false, true, false)
                .endEndpoint()));
        assertEquals(changed, after(slice -> slice.editFirstEndpoint()
                .withNewConditions(true, false, false)
                .endEndpoint()));
        assertEquals(
                changed,
                after(slice -> slice.editFirstEndpoint().withNodeName("node-b").endEndpoint()));
        assertEquals(changed, after(slice -> slice.addNewEndpoint()
                .withAddresses("10.255.0.9")
                .endEndpoint()));
        assertEquals(changed, after(slice -> slice.withEndpoints()));
        assertEquals(changed, after(slice -> slice.editFirstPort().withPort(1).endPort()));
        assertEquals(
                changed,
                after(slice -> slice.editMetadata().withOwnerReferences().endMetadata()));
        assertEquals(changed, after(slice -> slice.editMetadata()
                .removeFromLabels("kubernetes.io/service-name")
                .endMetadata()));
    }
}
