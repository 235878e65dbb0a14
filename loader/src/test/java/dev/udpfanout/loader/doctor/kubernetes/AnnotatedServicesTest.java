package dev.udpfanout.loader.doctor.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AnnotatedServicesTest {
    private static final String POLICY = "udpfanout.dev/policy";
    private static final String NODE = "node-a";

    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static Optional<ServicesConfig> config(String more) throws Exception {
        return new ConfigReader(name -> true)
                .parse("services: { vip_interfaces: [eth0], pod_interfaces: [cni0]" + more + " }\n", "config.yaml")
                .services();
    }

    private static Service service(String annotation, String value) {
        return new ServiceBuilder(FakeService.withVips("192.168.1.100"))
                .editMetadata()
                .addToAnnotations(annotation, value)
                .endMetadata()
                .build();
    }

    private static DaemonStatus daemon(String services, String listeners) throws Exception {
        String page = "{\"version\": \"0.1.0\", \"services\": " + services + ", \"listeners\": " + listeners + "}";
        return new DaemonStatus(true, "127.0.0.1:9090", Optional.of(new ObjectMapper().readTree(page)), "");
    }

    private static DaemonStatus serving() throws Exception {
        return daemon("{\"connected\": true, \"served\": 1, \"refused\": {}}", "[{\"name\": \"logging/syslog:514\"}]");
    }

    private AnnotatedServices.Examined examine(String more, DaemonStatus daemon) throws Exception {
        return new AnnotatedServices(client, new NodeIdentity(NODE, "logging"), config(more))
                .examine(FakeService.NAME, daemon);
    }

    private static Diagnosis only(List<Diagnosis> found) {
        List<Diagnosis> bad = found.stream().filter(Diagnosis::isBad).toList();
        assertEquals(1, bad.size(), found::toString);
        return bad.getFirst();
    }

    private static void assertNamed(String check, String finding, AnnotatedServices.Examined examined) {
        Diagnosis bad = only(examined.found());
        assertEquals(check, bad.check(), bad::toString);
        assertTrue(bad.finding().contains(finding), bad::toString);
        assertTrue(!bad.mend().isEmpty(), bad::toString);
    }

    @Test
    void shouldFindNothingWrongAndGiveTheListenersWhoseWayIsToBeWalked() throws Exception {
        server.api().put(service(POLICY, "round_robin"));
        server.api().put(Slices.ofService("syslog-1", "syslog", 5514, Slices.pod("pod-1", "10.42.0.11")));

        AnnotatedServices.Examined examined = examine("", serving());

        assertTrue(examined.found().stream().noneMatch(Diagnosis::isBad), examined::toString);
        assertEquals(
                "[logging/syslog:514]",
                examined.listeners().stream()
                        .map(each -> each.config().name())
                        .toList()
                        .toString());
        assertTrue(examined.listeners().getFirst().places().toString().contains("192.168.1.100:514"));
    }

    @Test
    void shouldSayThatThereIsNoSuchService() throws Exception {
        assertNamed("service", "there is no Service logging/syslog", examine("", serving()));
    }

    @Test
    void shouldSayThatItsNamespaceIsNotLookedAt() throws Exception {
        server.api().put(service(POLICY, "round_robin"));

        assertNamed("services", "does not have logging", examine(", namespaces: [other]", serving()));
    }

    @Test
    void shouldNameTheAnnotationThatIsMissingOrWrong() throws Exception {
        server.api().put(service("udpfanout.dev/replies", "true"));
        assertNamed(
                "annotations", "has no annotation " + POLICY + ", only udpfanout.dev/replies", examine("", serving()));

        server.api().put(service(POLICY, "roundrobin"));
        assertNamed("annotations", "\"roundrobin\" is not one of", examine("", serving()));
    }

    @Test
    void shouldSayWhyTheDaemonDoesNotServeIt() throws Exception {
        server.api().put(service(POLICY, "round_robin"));

        assertNamed(
                "in_force",
                "192.168.1.100:514 is another's",
                examine("", daemon("{\"refused\": {\"logging/syslog\": \"192.168.1.100:514 is another's\"}}", "[]")));
        assertNamed(
                "in_force",
                "does not have logging/syslog:514 in force",
                examine("", daemon("{\"connected\": false, \"refused\": {}}", "[]")));
    }

    @Test
    void shouldSayThatItsVipIsNotThereYet() throws Exception {
        server.api()
                .put(new ServiceBuilder(service(POLICY, "round_robin"))
                        .editSpec()
                        .withClusterIPs("10.43.0.1")
                        .endSpec()
                        .withStatus(null)
                        .build());

        assertNamed("vip", "has no VIP, only 10.43.0.1", examine("", serving()));
    }

    @Test
    void shouldSayThatALocalPolicyFindsNoEndpointHere() throws Exception {
        server.api()
                .put(new ServiceBuilder(service(POLICY, "round_robin"))
                        .editSpec()
                        .withExternalTrafficPolicy("Local")
                        .endSpec()
                        .build());
        DaemonStatus daemon = daemon(
                "{\"refused\": {}}",
                "[{\"name\": \"logging/syslog:514.vip\"}, {\"name\": \"logging/syslog:514.vip-pods\"}]");

        assertNamed("local_policy", "none that is ready is on " + NODE, examine("", daemon));
    }

    @Test
    void shouldTellWhatOthersHaveWarnedOf() throws Exception {
        server.api().put(service(POLICY, "round_robin"));
        String event = """
                {"items": [{"type": "Warning", "reason": "AllocationFailed", "message": "no address is left",
                 "involvedObject": {"kind": "Service", "name": "syslog", "namespace": "logging"}}]}""";
        // The fake knows no field selectors of Events.
        server.api()
                .disturb((request, usual) -> request.getPath().contains("/events?")
                                && request.getPath().contains("involvedObject.name")
                        ? new MockResponse()
                                .setResponseCode(200)
                                .addHeader("Content-Type", "application/json")
                                .setBody(event)
                        : usual.apply(request));

        assertNamed("events", "AllocationFailed: no address is left", examine("", serving()));
    }

    @Test
    void shouldSayOfAllServicesWhichAreRefused() throws Exception {
        Diagnosis found = AnnotatedServices.ofAll(
                        daemon("{\"served\": 3, \"refused\": {\"logging/syslog\": \"a reason\"}}", "[]"))
                .orElseThrow();

        assertEquals(Result.WARNING, found.result());
        assertTrue(found.finding().contains("1 refused: logging/syslog"), found::toString);
        assertTrue(found.mend().contains("--service logging/syslog"), found::toString);
    }
}
