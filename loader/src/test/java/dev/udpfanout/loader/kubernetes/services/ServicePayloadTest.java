package dev.udpfanout.loader.kubernetes.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.MirrorConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the annotations about payloads and copies make of a Service. */
@Tag("unit")
class ServicePayloadTest {
    private static Map<String, ServedListener> byName(AnnotatedService service) {
        assertEquals(Optional.empty(), service.refusal());
        return service.listeners().stream()
                .collect(Collectors.toMap(each -> each.config().name(), Function.identity()));
    }

    private static ListenerConfig first(AnnotatedService service) {
        assertEquals(Optional.empty(), service.refusal());
        return service.listeners().getFirst().config();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hash        | payload=netflow                  | payload=netflow gives templates to every endpoint
            round_robin | payload=netflow, mirror=probe    | payload=netflow does not work with udpfanout.dev/mirror
            hash        | payload=statsd, hash-on=source   | payload=statsd decides by the name of the metric
            round_robin | payload=netflow, replies=true    | does not go together with udpfanout.dev/payload
            hash        | hash-on=gelf, replies=true       | does not go together with udpfanout.dev/hash-on
            """)
    void shouldRefuseWhatDoesNotGoTogether(String policy, String annotations, String expected) {
        assertTrue(
                annotated(policy, annotations).refusal().orElse("").contains(expected),
                () -> annotated(policy, annotations).toString());
    }

    /** What becomes of the Service with a policy and further annotations, {@code KEY=VALUE} with commas. */
    private static AnnotatedService annotated(String policy, String annotations) {
        ServiceBuilder service = AnnotatedServices.spread()
                .editMetadata()
                .addToAnnotations(ServiceAnnotations.POLICY, policy)
                .endMetadata();
        for (String each : annotations.split(", ")) {
            String[] pair = each.split("=");
            service.editMetadata()
                    .addToAnnotations(ServiceAnnotations.PREFIX + pair[0], pair[1])
                    .endMetadata();
        }
        return AnnotatedServices.read(service.build());
    }

    @Test
    void shouldReadWhatThePayloadDecides() {
        assertEquals(
                Payload.NETFLOW,
                first(annotated("round_robin", "payload=netflow")).payload());
        assertEquals(Payload.STATSD, first(annotated("hash", "payload=statsd")).payload());
        assertEquals(
                Optional.of(PayloadKey.Named.GELF.key()),
                first(annotated("hash", "hash-on=gelf")).receivers().spreading().key());
    }

    @Test
    void shouldRefuseAffinityTogetherWithAPayload() {
        Service service = AnnotatedServices.spread()
                .editMetadata()
                .addToAnnotations(ServiceAnnotations.PAYLOAD, "netflow")
                .endMetadata()
                .editSpec()
                .withSessionAffinity("ClientIP")
                .endSpec()
                .build();

        assertTrue(AnnotatedServices.read(service).refusal().orElse("").contains("sessionAffinity: ClientIP"));
    }

    @Test
    void shouldCopyToTheEndpointsOfTheServiceThatTheMirrorNames() {
        List<EndpointSlice> slices = List.of(
                Slices.ofService("receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11")), ofProbe("syslog"));
        ServiceReadings readings = new ServiceReadings(AnnotatedServices.CONFIG);
        Service service = AnnotatedServices.annotated(ServiceAnnotations.MIRROR, "probe/10");

        ServedListener listener =
                byName(readings.of(List.of(service), slices).getFirst()).get("logging/receivers:514");
        MirrorConfig mirror = listener.config().mirror().orElseThrow();
        assertEquals(10, mirror.sample());
        assertEquals("logging/receivers:514.mirror", mirror.receivers().name());
        assertEquals(
                List.of(new InetSocketAddress("10.42.0.21", 9000)),
                listener.copies().stream().map(each -> each.address()).toList());
        ServicesInForce inForce = new ServicesInForce(readings.of(List.of(service), slices));
        assertEquals(
                listener.copies(), inForce.endpoints().get(mirror.receivers().name()));
    }

    @Test
    void shouldRefuseAMirrorWithoutAPortOfThatName() {
        assertTrue(new ServiceReadings(AnnotatedServices.CONFIG)
                .of(List.of(AnnotatedServices.annotated(ServiceAnnotations.MIRROR, "probe")), List.of(ofProbe("other")))
                .getFirst()
                .refusal()
                .orElse("")
                .contains("logging/probe has no UDP port with the name \"syslog\""));
    }

    /** A slice of the Service logging/probe. */
    private static EndpointSlice ofProbe(String port) {
        EndpointSlice slice = Slices.ofService("probe-1", port, 9000, Slices.pod("p", "10.42.0.21"));
        slice.getMetadata().setLabels(Map.of("kubernetes.io/service-name", "probe"));
        return slice;
    }
}
