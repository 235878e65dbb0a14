package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The chart against the overlays and the flat files, and what follows from its values. */
@Tag("unit")
class HelmChartTest {
    private static final String CONFIG = "config.yaml";

    @TempDir
    private Path folder;

    @Test
    void shouldPassHelmsLint() {
        LintResult result = HelmChart.lint();

        assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeWhatKustomizeMakesOfTheOverlay(Variant variant) throws IOException {
        assertSame(Overlays.render(variant.overlay), HelmChart.template(folder, values(variant)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeTheFlatFilesOnTheOldestKubernetes(Variant variant) throws IOException {
        assertSame(variant.resources(), HelmChart.template(folder, "udp-fanout", "1.19.0", values(variant)));
    }

    private static String values(Variant variant) {
        return "wayIn: " + variant.overlay + "\nnamespace: { create: true }\n";
    }

    private static void assertSame(List<HasMetadata> expected, List<HasMetadata> rendered) throws IOException {
        Map<String, HasMetadata> expectedByName = byName(expected);
        Map<String, HasMetadata> renderedByName = byName(rendered);
        assertEquals(expectedByName.keySet(), renderedByName.keySet());
        for (String name : expectedByName.keySet()) {
            HasMetadata wanted = expectedByName.get(name);
            HasMetadata got = renderedByName.get(name);
            if (wanted instanceof ConfigMap wantedMap && got instanceof ConfigMap gotMap) {
                // Comments and order may differ, nothing else.
                assertEquals(configuration(wantedMap), configuration(gotMap));
                gotMap.setData(wantedMap.getData());
            }
            assertEquals(wanted, got, name);
        }
    }

    private static JsonNode configuration(ConfigMap map) throws IOException {
        assertEquals(Set.of(CONFIG), map.getData().keySet());
        return StrictYaml.parse(map.getData().get(CONFIG)).getFirst();
    }

    private static Map<String, HasMetadata> byName(List<HasMetadata> resources) {
        Map<String, HasMetadata> byName = new HashMap<>();
        for (HasMetadata resource : resources) {
            String name = resource.getKind() + " " + resource.getMetadata().getNamespace() + "/"
                    + resource.getMetadata().getName();
            assertEquals(null, byName.put(name, resource), name);
        }
        return byName;
    }

    @Test
    void shouldGiveTheRightToReadNodesOnlyForZones() throws IOException {
        List<HasMetadata> plain = HelmChart.template(folder, "");
        List<HasMetadata> zones = HelmChart.template(folder, """
                config:
                  listeners:
                    - name: syslog
                      port: 5514
                      prefer: same_zone
                      kubernetes: { service: udp-receiver, port: syslog }
                """);

        Set<HasMetadata> added = zones.stream()
                .filter(resource -> resource.getMetadata().getName().equals("udp-fanout-zone"))
                .collect(Collectors.toSet());
        assertEquals(Set.copyOf(Manifests.in("rbac-same-zone.yaml")), added);
        assertTrue(plain.stream()
                .noneMatch(resource -> resource.getMetadata().getName().equals("udp-fanout-zone")));
    }

    @Test
    void shouldHaveWhatFollowsFromTheListenersMatchThem() throws Exception {
        List<HasMetadata> rendered = HelmChart.template(folder, "edge", HelmChart.NEWEST, """
                config:
                  listeners:
                    - name: syslog
                      port: 5514
                      kubernetes: { namespace: logging, service: syslog, port: syslog }
                    - name: netflow
                      bind: "10.255.1.1:2055"
                      interface: dummy1
                      recv_buf_size: 1073741824
                      kubernetes: { namespace: flows, service: collector, port: 2055 }
                      publish: { service: udp-fanout-lb, addresses: 10.254.0.0/16 }
                    - name: dns
                      bind: "vip:53"
                      interface: eth1
                      kubernetes: { namespace: logging, service: dns, port: dns }
                      publish: { namespace: dns, service: dns-vip }
                  health: { protocol: tcp, port: 5514 }
                  metrics: { bind: "[::]:9191" }
                  drain_secs: 30
                """);
        Config config = new ConfigReader(name -> true)
                .parse(
                        Manifests.all(ConfigMap.class, rendered)
                                .getFirst()
                                .getData()
                                .get(CONFIG),
                        CONFIG);
        PodSpec pod = Manifests.all(DaemonSet.class, rendered)
                .getFirst()
                .getSpec()
                .getTemplate()
                .getSpec();

        assertEquals(
                List.of("10.255.0.1", "10.255.1.1"),
                config.listeners().stream()
                        .filter(ListenerConfig::isOnDummyInterface)
                        .map(listener -> listener.bind().getAddress().getHostAddress())
                        .toList());
        assertEquals(
                List.of(
                        List.of("setup-dummy", "--interface=dummy0", "--address=10.255.0.1"),
                        List.of("setup-dummy", "--interface=dummy1", "--address=10.255.1.1")),
                pod.getInitContainers().stream().map(Container::getArgs).toList());
        assertEquals(45L, pod.getTerminationGracePeriodSeconds());
        Container daemon = pod.getContainers().getFirst();
        assertEquals(9191, daemon.getPorts().getFirst().getContainerPort());
        assertFalse(daemon.getSecurityContext().getCapabilities().getAdd().contains("NET_RAW"), "only ICMP needs it");
        assertEquals(
                List.of("syslog 5514 5514", "netflow 2055 2055"),
                Manifests.all(Service.class, rendered).getFirst().getSpec().getPorts().stream()
                        .map(port -> port.getName() + " " + port.getPort() + " "
                                + port.getTargetPort().getIntVal())
                        .toList());
        assertEquals(
                Set.of("logging", "flows"),
                namespaces(Manifests.all(RoleBinding.class, rendered), "udp-fanout-discovery"));
        assertEquals(Set.of("edge", "dns"), namespaces(Manifests.all(Role.class, rendered), "udp-fanout-publish"));
    }

    @ParameterizedTest
    @CsvSource({"services,''", "services-in-namespaces,'namespaces: [logging],'"})
    void shouldGiveTheRightsOfTheOverlayToServeAnnotatedServices(String overlay, String namespaces) throws IOException {
        Set<HasMetadata> wanted = ofServices(Overlays.render(overlay));

        assertEquals(2, wanted.size());
        assertEquals(wanted, ofServices(HelmChart.template(folder, """
                wayIn: host-network
                config:
                  services: { %s vip_interfaces: [eth0], pod_interfaces: [cni0] }
                """.formatted(namespaces))));
    }

    /** Of interfaces that the daemon finds, as most have it. */
    @Test
    void shouldGiveRightsAndMemoryOfTheOverlayWhereServicesSaysNothingElse() throws IOException {
        List<HasMetadata> overlay = Overlays.render("services");
        List<HasMetadata> rendered = HelmChart.template(folder, "wayIn: host-network\nconfig: { services: {} }\n");

        assertEquals(ofServices(overlay), ofServices(rendered));
        assertEquals(Manifests.resources(overlay), Manifests.resources(rendered));
    }

    @Test
    void shouldPutTheOperatorsMemoryBeforeItsOwn() throws IOException {
        ResourceRequirements resources = Manifests.resources(HelmChart.template(folder, """
                wayIn: host-network
                config: { services: {} }
                resources: { limits: { memory: 1Gi, cpu: "1" } }
                """));

        assertEquals(Map.of("memory", new Quantity("1Gi"), "cpu", new Quantity("1")), resources.getLimits());
        assertEquals(new Quantity("256Mi"), resources.getRequests().get("memory"));
    }

    private static Set<HasMetadata> ofServices(List<HasMetadata> all) {
        return all.stream()
                .filter(resource -> resource.getMetadata().getName().equals("udp-fanout-services"))
                .collect(Collectors.toSet());
    }

    private static Set<String> namespaces(List<? extends HasMetadata> resources, String name) {
        return resources.stream()
                .filter(resource -> resource.getMetadata().getName().equals(name))
                .map(resource -> resource.getMetadata().getNamespace())
                .collect(Collectors.toSet());
    }

    @Test
    void shouldHaveTheProgramsOwnVersion() throws IOException {
        JsonNode chart =
                StrictYaml.documents(HelmChart.FOLDER.resolve("Chart.yaml")).getFirst();

        assertEquals(
                "udp-fanout:" + chart.path("appVersion").asText(),
                Variant.METALLB.container().getImage());
    }

    /** The engine's message has the path, as a JSON pointer. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    wayIn: nic                                                                 | /wayIn
                    wayin: metallb                                                             | wayin
                    dummy: { address: dummy0 }                                                 | /dummy/address
                    config: { drain_secs: 900 }                                                | /config/drain_secs
                    config: { health: { intervall_secs: 5 } }                                  | intervall_secs
                    config: { listeners: [] }                                                  | /config/listeners
                    config: { listeners: [ { name: a, port: 1 }, { name: b, port: 70000 } ] }  | /config/listeners/1/port
                    config: { listeners: [ { name: a, port: 1, policy: random } ] }            | /config/listeners/0/policy
                    config: { listeners: [ { name: a } ] }                                     | missing property 'port'
                    image: { digest: latest }                                                  | /image/digest
                    """)
    void shouldRefuseABadValueWithItsPath(String values, String path) {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> HelmChart.template(folder, values));

        assertTrue(refused.getMessage().contains(path), refused::getMessage);
    }

    /** The commands that the notes name are in the pages too. */
    @Test
    void shouldSayInTheNotesWhatTheGuideTypes() throws IOException {
        String notes = Files.readString(HelmChart.FOLDER.resolve("templates/NOTES.txt"));
        StringBuilder guide = new StringBuilder();
        for (String page : List.of("metallb.md", "metallb-verification.md", "metallb-troubleshooting.md")) {
            guide.append(Files.readString(Manifests.ROOT.resolveSibling("docs").resolve(page)));
        }

        for (String command : List.of(
                "udp-fanout doctor --config=/etc/udp-fanout/config.yaml", "udp-fanout status", "ds/udp-fanout")) {
            assertTrue(notes.contains(command), command);
            assertTrue(guide.indexOf(command) >= 0, command);
        }
    }
}
