package dev.udpfanout.loader.kubernetes.discovery;

import static dev.udpfanout.loader.kubernetes.fake.Slices.ofService;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static dev.udpfanout.loader.kubernetes.fake.Slices.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.discovery.SliceFault.Kind;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class SliceEndpointsTest {
    private static final Port SYSLOG = new Port.Name("syslog");
    private static final Port NUMBER = new Port.Number(5514);

    private static List<String> addresses(SliceEndpoints found) {
        return found.endpoints().stream()
                .map(endpoint -> endpoint.address().getAddress().getHostAddress() + ":"
                        + endpoint.address().getPort())
                .toList();
    }

    private static List<String> slices(SliceEndpoints found, Kind kind) {
        return found.faults().stream()
                .filter(fault -> fault.kind() == kind)
                .map(SliceFault::slice)
                .toList();
    }

    private static DiscoveredEndpoint only(EndpointSlice... slices) {
        List<DiscoveredEndpoint> endpoints =
                SliceEndpoints.of(List.of(slices), SYSLOG).endpoints();
        assertEquals(1, endpoints.size(), endpoints::toString);
        return endpoints.getFirst();
    }

    @Test
    void shouldResolveANamedPortPerSlice() {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(
                        ofService("b", "syslog", 6514, pod("two", "10.0.0.2")),
                        ofService("a", "syslog", 5514, pod("one", "10.0.0.1"))),
                SYSLOG);

        assertEquals(List.of("10.0.0.1:5514", "10.0.0.2:6514"), addresses(found));
    }

    @Test
    void shouldLeaveOutSlicesWithoutThePort() {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(
                        ofService("a", "syslog", 5514, pod("one", "10.0.0.1")),
                        ofService("b", "netflow", 2055, pod("two", "10.0.0.2"))),
                SYSLOG);

        assertEquals(List.of("10.0.0.1:5514"), addresses(found));
        assertEquals(List.of("b"), slices(found, Kind.WITHOUT_PORT));
    }

    @Test
    void shouldLeaveOutTheSlicesOfNodes() {
        EndpointSlice ours = ofService("b", "syslog", 5514, pod("node", "192.168.1.2"));
        ours.getMetadata().getLabels().put("endpointslice.kubernetes.io/managed-by", "udp-fanout");

        SliceEndpoints found =
                SliceEndpoints.of(List.of(ours, ofService("a", "syslog", 5514, pod("one", "10.0.0.1"))), SYSLOG);

        assertEquals(List.of("10.0.0.1:5514"), addresses(found));
    }

    @Test
    void shouldNotTakeATcpPortOfTheSameName() {
        EndpointSlice tcp = ofService("a", "syslog", 5514, pod("one", "10.0.0.1"));
        tcp.getPorts().getFirst().setProtocol("TCP");

        assertEquals(List.of("a"), slices(SliceEndpoints.of(List.of(tcp), SYSLOG), Kind.WITHOUT_PORT));
        assertEquals(List.of("a"), slices(SliceEndpoints.of(List.of(tcp), NUMBER), Kind.WITHOUT_PORT));
    }

    @Test
    void shouldTakeANumberAsItIsWhenTheServiceDeclaresNoPorts() {
        EndpointSlice headless = slice("a", "IPv4", pod("one", "10.0.0.1")).build();

        assertEquals(List.of("10.0.0.1:5514"), addresses(SliceEndpoints.of(List.of(headless), NUMBER)));
        assertEquals(List.of("a"), slices(SliceEndpoints.of(List.of(headless), SYSLOG), Kind.WITHOUT_PORT));
    }

    @Test
    void shouldTakeAbsentConditionsAsReady() {
        DiscoveredEndpoint endpoint = only(ofService("a", "syslog", 5514, pod("one", "10.0.0.1", null, null, null)));
        assertTrue(endpoint.ready());
        assertTrue(endpoint.serving());
        assertFalse(endpoint.terminating());

        DiscoveredEndpoint bare = only(ofService(
                "a",
                "syslog",
                5514,
                new EndpointBuilder().withAddresses("10.0.0.1").build()));
        assertTrue(bare.ready());
        assertEquals("10.0.0.1", bare.name());
        assertEquals(Optional.empty(), bare.nodeName());
    }

    @Test
    void shouldTakeAbsentServingAsReady() {
        assertFalse(only(ofService("a", "syslog", 5514, pod("one", "10.0.0.1", false, null, null)))
                .serving());
    }

    @Test
    void shouldPreferTheReadyEntryWhenAnEndpointIsInTwoSlices() {
        EndpointSlice stale = ofService("a", "syslog", 5514, pod("one", "10.0.0.1", false, true, true));
        EndpointSlice fresh = ofService("b", "syslog", 5514, pod("one", "10.0.0.1"));

        assertTrue(only(stale, fresh).ready());
        assertTrue(only(fresh, stale).ready());
    }

    @Test
    void shouldReportIpv6AndSkipNames() {
        EndpointSlice six = slice("a", "IPv6", pod("six", "2001:db8::1"))
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(5514)
                .endPort()
                .build();
        EndpointSlice names =
                slice("b", "FQDN", pod("name", "receiver.example")).build();

        SliceEndpoints found = SliceEndpoints.of(List.of(names, six), SYSLOG);

        assertEquals(
                InetAddress.ofLiteral("2001:db8::1"),
                found.endpoints().getFirst().address().getAddress());
        assertEquals(1, found.endpoints().size());
        assertEquals(List.of(), slices(found, Kind.WITHOUT_PORT));
    }

    @Test
    void shouldReadThePlaceholderOfAServiceWithoutPods() {
        EndpointSlice placeholder = Serialization.unmarshal("""
                {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "metadata": {"name": "a"},
                 "addressType": "IPv4", "endpoints": null, "ports": null}""", EndpointSlice.class);

        assertEquals(SliceEndpoints.NONE, SliceEndpoints.of(List.of(placeholder), SYSLOG));
        assertEquals(SliceEndpoints.NONE, SliceEndpoints.of(List.of(placeholder), NUMBER));
    }

    @Test
    void shouldOrderAddressesAsNumbers() {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(ofService(
                        "a", "syslog", 5514, pod("c", "10.0.0.200"), pod("b", "10.0.0.10"), pod("a", "10.0.0.9"))),
                SYSLOG);

        assertEquals(List.of("10.0.0.9:5514", "10.0.0.10:5514", "10.0.0.200:5514"), addresses(found));
    }

    private static EndpointSlice weighing(String name, String weight, Endpoint... endpoints) {
        EndpointSlice slice = ofService(name, "syslog", 5514, endpoints);
        slice.getMetadata().setAnnotations(Map.of("udp-fanout.dev/weight", weight));
        return slice;
    }

    @Test
    void shouldGiveEndpointsTheWeightOfTheirSlice() {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(
                        weighing("large", "1000", pod("a", "10.0.0.1"), pod("b", "10.0.0.2")),
                        ofService("plain", "syslog", 5514, pod("c", "10.0.0.3"))),
                SYSLOG);

        assertEquals(
                List.of(1000, 1000, 1),
                found.endpoints().stream().map(DiscoveredEndpoint::weight).toList());
        assertEquals(List.of(), slices(found, Kind.BAD_WEIGHT));
    }

    @Test
    void shouldDrainTheEndpointsOfASliceOfTheWeightZero() {
        SliceEndpoints found = SliceEndpoints.of(List.of(weighing("a", "0", pod("a", "10.0.0.1"))), SYSLOG);

        assertEquals(0, found.endpoints().getFirst().weight());
        assertEquals(List.of(), slices(found, Kind.BAD_WEIGHT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1001", "-1", "2.5", "heavy", "", " 3", "99999999999999999999"})
    void shouldCountAsOneAndSayWhichSliceWhenItsWeightIsNone(String weight) {
        SliceEndpoints found = SliceEndpoints.of(List.of(weighing("a", weight, pod("a", "10.0.0.1"))), SYSLOG);

        assertEquals(1, found.endpoints().getFirst().weight());
        assertEquals(List.of("a"), slices(found, Kind.BAD_WEIGHT));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_536, -1, 0, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldLeaveOutOnlyTheSliceWhosePortIsNone(int port) {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(
                        ofService("a", "syslog", 5514, pod("one", "10.0.0.1")),
                        ofService("b", "syslog", port, pod("two", "10.0.0.2"), pod("three", "10.0.0.3"))),
                SYSLOG);

        assertEquals(List.of("10.0.0.1:5514"), addresses(found));
        assertEquals(List.of(new SliceFault(Kind.BAD_PORT, "b", String.valueOf(port), 2)), found.faults());
        assertEquals(2, found.leftOut(Kind.BAD_PORT));
    }

    @Test
    void shouldTakeTheSoundPortOfTwo() {
        EndpointSlice slice = slice("a", "IPv4", pod("one", "10.0.0.1"))
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(-1)
                .endPort()
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(5514)
                .endPort()
                .build();

        assertEquals(List.of("10.0.0.1:5514"), addresses(SliceEndpoints.of(List.of(slice), SYSLOG)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "receiver.example",
                "10.0.1",
                "1",
                "0.0.0.0",
                "224.0.0.1",
                "::",
                "ff02::1",
                "10.0.0.256",
                "fe80::1%lo"
            })
    void shouldLeaveOutOnlyTheEndpointWhoseAddressIsNone(String address) {
        SliceEndpoints found = SliceEndpoints.of(
                List.of(ofService("a", "syslog", 5514, pod("one", "10.0.0.1"), pod("two", address))), SYSLOG);

        assertEquals(List.of("10.0.0.1:5514"), addresses(found));
        assertEquals(1, found.leftOut(Kind.BAD_ADDRESS));
    }

    @Test
    void shouldTakeTheFirstOfTooManyAndCountTheOthers() {
        EndpointSlice slice =
                ofService("a", "syslog", 5514, pod("c", "10.0.0.3"), pod("a", "10.0.0.1"), pod("b", "10.0.0.2"));

        SliceEndpoints found = SliceEndpoints.of(List.of(slice), SYSLOG, 2, 40);

        assertEquals(List.of("10.0.0.1:5514", "10.0.0.2:5514"), addresses(found));
        assertEquals(41, found.leftOut(Kind.TOO_MANY));
    }
}
