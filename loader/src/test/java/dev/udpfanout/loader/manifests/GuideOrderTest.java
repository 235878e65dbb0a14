package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The flat files, one after the other, on a fresh cluster of the oldest version that there are manifests for. */
@Tag("unit")
class GuideOrderTest {
    private static final KeysOfKubernetes119 KEYS = new KeysOfKubernetes119();

    static List<Path> flatFiles() throws IOException {
        try (Stream<Path> files = Files.list(Manifests.ROOT)) {
            Set<Path> monitoring = Set.of(Path.of("podmonitor.yaml"), Path.of("prometheusrule.yaml"));
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !monitoring.contains(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** RBAC is first; receivers are last, as whoever tries it for the first time does it. */
    @ParameterizedTest
    @EnumSource
    void shouldFindItsNamespaceWhenFilesAreAppliedInTheGuidesOrder(Variant variant) {
        List<String> files = Stream.of(
                        Stream.of("rbac.yaml", variant.configFile, variant.daemonFile),
                        variant.serviceFile.stream(),
                        Stream.of("example-receivers.yaml"))
                .flatMap(stream -> stream)
                .toList();
        Set<String> namespaces = new HashSet<>();
        for (String file : files) {
            for (HasMetadata resource : Manifests.in(file)) {
                String namespace = resource.getMetadata().getNamespace();
                assertTrue(
                        namespace == null || namespaces.contains(namespace),
                        () -> file + ": namespaces \"" + namespace + "\" not found");
                if (resource instanceof Namespace) {
                    namespaces.add(resource.getMetadata().getName());
                }
            }
        }
        assertEquals(Set.of("udp-fanout"), namespaces);
    }

    @ParameterizedTest
    @MethodSource("flatFiles")
    void shouldHaveNoKeyThatKubernetes119DoesNotKnow(Path file) throws IOException {
        for (JsonNode document : StrictYaml.documents(file)) {
            assertEquals(List.of(), KEYS.unknownIn(document), file::toString);
        }
    }

    @Test
    void shouldNoticeAKeyOrAKindThatIsNewer() throws IOException {
        assertEquals(
                List.of("apps/v1 DaemonSet.spec.updateStrategy.rollingUpdate.maxSurge"),
                unknown("{ apiVersion: apps/v1, kind: DaemonSet, spec: { updateStrategy: { rollingUpdate:"
                        + " { maxSurge: 0 } } } }"));
        assertEquals(
                List.of("v1 Service.spec.allocateLoadBalancerNodePorts"),
                unknown("{ apiVersion: v1, kind: Service, spec: { allocateLoadBalancerNodePorts: false } }"));
        assertEquals(
                List.of("policy/v1 PodDisruptionBudget"),
                unknown("{ apiVersion: policy/v1, kind: PodDisruptionBudget }"));
    }

    private static List<String> unknown(String yaml) throws IOException {
        return KEYS.unknownIn(new ObjectMapper(new YAMLFactory()).readTree(yaml));
    }
}
