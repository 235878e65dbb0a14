package dev.udpfanout.loader.kubernetes.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Service's own fields and its annotations make of it. */
@Tag("unit")
class ServiceReadingTest {
    private static Map<String, ServedListener> byName(AnnotatedService service) {
        assertEquals(Optional.empty(), service.refusal());
        return service.listeners().stream()
                .collect(Collectors.toMap(each -> each.config().name(), Function.identity()));
    }

    private static ListenerConfig first(AnnotatedService service) {
        assertEquals(Optional.empty(), service.refusal());
        return service.listeners().getFirst().config();
    }

    private static Set<InetAddress> addresses(String... texts) {
        return Set.of(texts).stream().map(InetAddress::ofLiteral).collect(Collectors.toSet());
    }

    @Test
    void shouldMakeAListenerOfTheUdpPortForEachFamily() {
        Map<String, ServedListener> listeners =
                byName(AnnotatedServices.read(AnnotatedServices.spread().build()));

        assertEquals(Set.of("logging/receivers:514", "logging/receivers:514.ipv6"), listeners.keySet());
        ServedListener ipv4 = listeners.get("logging/receivers:514");
        assertEquals(addresses("10.43.0.14", "192.0.2.10"), ipv4.addresses());
        assertEquals(new InetSocketAddress("0.0.0.0", 514), ipv4.config().bind());
        assertEquals(List.of("eth0", "veth1", "veth2"), ipv4.config().interfaces());
        assertTrue(ipv4.config().isOfService());
        // A line of the log says which Service's it is.
        assertEquals("logging/receivers:514", ipv4.config().idInLog());
        assertEquals(
                List.of(new InetSocketAddress("10.42.0.11", 5514)),
                ipv4.endpoints().stream().map(each -> each.address()).toList());
        assertEquals(
                addresses("2001:db8:43::14"),
                listeners.get("logging/receivers:514.ipv6").addresses());
    }

    @Test
    void shouldKeepWhatComesFromOutsideOnThisNodeWhenExternalTrafficIsLocal() {
        Map<String, ServedListener> listeners = byName(AnnotatedServices.read(AnnotatedServices.spread()
                .editSpec()
                .withExternalTrafficPolicy("Local")
                .endSpec()
                .build()));

        ServedListener outside = listeners.get("logging/receivers:514.vip");
        assertTrue(outside.config().receivers().delivery().onThisNodeOnly());
        assertEquals(List.of("eth0"), outside.config().interfaces());
        ServedListener pods = listeners.get("logging/receivers:514.vip-pods");
        assertEquals(outside.addresses(), pods.addresses());
        assertEquals(List.of("veth1", "veth2"), pods.config().interfaces());
        assertEquals(false, pods.config().receivers().delivery().onThisNodeOnly());
        ServedListener cluster = listeners.get("logging/receivers:514");
        assertEquals(addresses("10.43.0.14"), cluster.addresses());
        assertEquals(false, cluster.config().receivers().delivery().onThisNodeOnly());
    }

    @Test
    void shouldKeepTheClusterIpOnThisNodeWhenInternalTrafficIsLocal() {
        Map<String, ServedListener> listeners = byName(AnnotatedServices.read(AnnotatedServices.spread()
                .editSpec()
                .withInternalTrafficPolicy("Local")
                .endSpec()
                .build()));

        assertTrue(listeners
                .get("logging/receivers:514")
                .config()
                .receivers()
                .delivery()
                .onThisNodeOnly());
        assertEquals(
                false,
                listeners
                        .get("logging/receivers:514.vip")
                        .config()
                        .receivers()
                        .delivery()
                        .onThisNodeOnly());
    }

    @Test
    void shouldAllowSourceRangesToTheVipOnly() {
        Map<String, ServedListener> listeners = byName(AnnotatedServices.read(AnnotatedServices.spread()
                .editSpec()
                .withLoadBalancerSourceRanges(" 198.51.100.7/24")
                .endSpec()
                .build()));

        assertEquals(
                "[198.51.100.0/24]",
                listeners
                        .get("logging/receivers:514.vip")
                        .config()
                        .admission()
                        .allow()
                        .toString());
        assertEquals(
                List.of(),
                listeners.get("logging/receivers:514").config().admission().allow());
    }

    @Test
    void shouldTakeExternalIpsOnlyWhenTheConfigurationAllowsThem() {
        Service service = AnnotatedServices.spread()
                .editSpec()
                .withExternalIPs("203.0.113.9")
                .endSpec()
                .build();
        ServicesConfig allowing =
                new ServicesConfig(Set.of(), true, List.of("eth0"), List.of("veth1"), Duration.ofMinutes(10));

        assertEquals(
                addresses("10.43.0.14", "192.0.2.10"),
                byName(AnnotatedServices.read(service))
                        .get("logging/receivers:514")
                        .addresses());
        assertEquals(
                addresses("10.43.0.14", "192.0.2.10", "203.0.113.9"),
                byName(AnnotatedServices.read(allowing, service))
                        .get("logging/receivers:514")
                        .addresses());
    }

    @Test
    void shouldLeaveAVipToItsLoadBalancerWhenThatAnswersForIt() {
        Service service = AnnotatedServices.spread()
                .editStatus()
                .editLoadBalancer()
                .editIngress(0)
                .withIpMode("Proxy")
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();

        assertEquals(
                addresses("10.43.0.14"),
                byName(AnnotatedServices.read(service))
                        .get("logging/receivers:514")
                        .addresses());
    }

    @ParameterizedTest
    @CsvSource({"PreferSameNode,SAME_NODE", "PreferSameZone,SAME_ZONE", "PreferClose,SAME_ZONE", ",ANY"})
    void shouldPreferWhatTheTrafficDistributionSays(String distribution, Preference expected) {
        Service service = AnnotatedServices.spread()
                .editSpec()
                .withTrafficDistribution(distribution)
                .endSpec()
                .build();

        assertEquals(
                expected,
                first(AnnotatedServices.read(service)).receivers().source().preference());
    }

    @Test
    void shouldKeepAClientWithOneEndpointWhenTheServiceHasAffinity() {
        Service service = AnnotatedServices.spread()
                .editSpec()
                .withSessionAffinity("ClientIP")
                .endSpec()
                .build();

        assertEquals(
                Policy.HASH, first(AnnotatedServices.read(service)).receivers().policy());
    }

    @Test
    void shouldReadTheAnnotations() {
        assertEquals(
                Optional.of(new RateLimit(1000, 5000)),
                first(AnnotatedServices.read(AnnotatedServices.annotated(ServiceAnnotations.RATE_LIMIT, "1000/5000")))
                        .admission()
                        .rateLimit());
        assertTrue(first(AnnotatedServices.read(AnnotatedServices.annotated(ServiceAnnotations.REPLIES, "true")))
                .replies());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            udpfanout.dev/policy         | least_loaded | "least_loaded" is not one of: round_robin, weighted, hash, replicate
            udpfanout.dev/polcy          | hash         | udpfanout.dev/polcy is unknown; known annotations are
            udpfanout.dev/hash-on        | source       | works with udpfanout.dev/policy=hash only
            udpfanout.dev/replies        | yes          | "yes" is neither true nor false
            udpfanout.dev/rate-limit     | 0            | "0" is no rate; write PACKETS_PER_SECOND
            udpfanout.dev/rate-limit     | 9999999999   | is no rate
            udpfanout.dev/local-delivery | fast         | "fast" is not one of: auto, neigh, peer
            udpfanout.dev/payload        | statsd       | udpfanout.dev/payload=statsd sends each metric where its name leads; set udpfanout.dev/policy=hash
            udpfanout.dev/payload        | sflow        | "sflow" is not one of: none, netflow, statsd
            udpfanout.dev/mirror         | Probe        | "Probe" is no mirror; write SERVICE or SERVICE/SAMPLE
            udpfanout.dev/mirror         | probe/0      | "probe/0" is no mirror
            udpfanout.dev/mirror         | receivers    | names the Service itself
            udpfanout.dev/mirror         | probe        | no EndpointSlice is of the Service logging/probe
            udpfanout.dev/weights-from   | pods         | is not supported, because the daemon reads no pods; remove it. With
            """)
    void shouldRefuseABadAnnotationWithTheMend(String key, String value, String expected) {
        AnnotatedService service = AnnotatedServices.read(AnnotatedServices.annotated(key, value));

        assertEquals(List.of(), service.listeners());
        assertTrue(service.refusal().orElseThrow().contains(expected), service::toString);
    }

    @Test
    void shouldRefuseAServiceWithoutAUdpPortOrAnAddress() {
        Service withoutPort = AnnotatedServices.spread()
                .editSpec()
                .removeMatchingFromPorts(port -> port.getProtocol().equals("UDP"))
                .endSpec()
                .build();
        Service headless = AnnotatedServices.spread()
                .editSpec()
                .withClusterIP("None")
                .withClusterIPs("None")
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build();

        assertTrue(AnnotatedServices.read(withoutPort).refusal().orElseThrow().contains("no UDP port"));
        assertTrue(AnnotatedServices.read(headless).refusal().orElseThrow().contains("no address"));
    }

    @Test
    void shouldUseEndpointsThatAreNotReadyWhenTheServicePublishesThem() {
        Service service = AnnotatedServices.spread()
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();
        EndpointSlice slice =
                Slices.ofService("receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11", true, true, true));

        ServedListener listener = new ServiceReadings(AnnotatedServices.CONFIG)
                .of(List.of(service), List.of(slice))
                .getFirst()
                .listeners()
                .getFirst();
        assertEquals(false, listener.endpoints().getFirst().terminating());
    }

    @Test
    void shouldGiveEachOfTwoLongNamesAListenerOfItsOwn() {
        String namespace = "n".repeat(63);
        Set<String> names = List.of("a", "b").stream()
                .map(end -> AnnotatedServices.read(AnnotatedServices.spread()
                                .editMetadata()
                                .withNamespace(namespace)
                                .withName("s".repeat(62) + end)
                                .endMetadata()
                                .build())
                        .listeners()
                        .getFirst()
                        .config()
                        .name())
                .collect(Collectors.toSet());

        assertEquals(2, names.size());
        assertTrue(names.stream().allMatch(name -> name.length() <= 63), names::toString);
    }
}
