package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kubectl apply -k} against {@code kubectl apply -f} of the flat files. */
@Tag("unit")
class KustomizeTest {
    private static final String FILE = "kustomization.yaml";

    static List<Path> kustomizations() throws IOException {
        try (Stream<Path> files = Files.walk(Manifests.ROOT)) {
            return files.filter(file -> file.endsWith(FILE)).sorted().toList();
        }
    }

    private static Kustomization read(Path file) throws IOException {
        return StrictYaml.as(Kustomization.class, StrictYaml.documents(file).getFirst());
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void shouldReferToWhatIsThereAndKustomizeMayRead(Path file) throws IOException {
        Kustomization kustomization = read(file);
        assertEquals("Kustomization", kustomization.kind());
        List<String> references = Stream.of(
                        kustomization.resources().stream(),
                        kustomization.patches().stream().map(Kustomization.Patch::path),
                        kustomization.configMapGenerator().stream().flatMap(generator -> generator.files().stream()))
                .flatMap(stream -> stream)
                .toList();
        assertFalse(references.isEmpty());
        for (String reference : references) {
            Path target = file.resolveSibling(reference).normalize();
            if (Files.isDirectory(target)) {
                assertTrue(Files.isRegularFile(target.resolve(FILE)), reference);
                assertFalse(file.getParent().startsWith(target), "kustomize calls a folder around this one a cycle");
            } else {
                assertTrue(Files.isRegularFile(target), reference);
                assertTrue(
                        target.toRealPath().startsWith(file.getParent().toRealPath()),
                        "kustomize reads no files outside of the folder: " + reference);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeOfAnOverlayWhatTheFlatFilesAreWithWhatIsNewerInKubernetes(Variant variant, @TempDir Path folder)
            throws IOException, InterruptedException {
        List<HasMetadata> flat = variant.resources();
        Manifests.all(Service.class, flat)
                .forEach(service -> service.getSpec().setAllocateLoadBalancerNodePorts(false));

        assertMakes(flat, variant.overlay, folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "services-in-namespaces"})
    void shouldTakeTheRightsOfListenersAwayForServices(String overlay, @TempDir Path folder)
            throws IOException, InterruptedException {
        List<HasMetadata> expected = Overlays.render(overlay);
        assertEquals(
                Set.of("udp-fanout", "udp-fanout-services"),
                expected.stream()
                        .map(resource -> resource.getMetadata().getName())
                        .collect(Collectors.toSet()));

        assertMakes(expected, overlay, folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "services-in-namespaces"})
    void shouldGiveServicesTheMemoryThatWasMeasured(String overlay) {
        ResourceRequirements resources = Manifests.resources(Overlays.render(overlay));

        assertEquals(Map.of("cpu", new Quantity("50m"), "memory", new Quantity("256Mi")), resources.getRequests());
        assertEquals(Map.of("memory", new Quantity("384Mi")), resources.getLimits());
    }

    @Test
    void shouldAddABudgetToTheReceiversWhereKubernetesHasIt(@TempDir Path folder)
            throws IOException, InterruptedException {
        List<HasMetadata> all = new ArrayList<>(Manifests.in("example-receivers.yaml"));
        all.addAll(Manifests.in("overlays/example-receivers/pod-disruption-budget.yaml"));

        assertMakes(all, "example-receivers", folder);
    }

    private static void assertMakes(List<HasMetadata> expected, String overlay, Path folder)
            throws IOException, InterruptedException {
        assertEquals(byName(expected), byName(Overlays.render(overlay)));
        Path built = folder.resolve("built.yaml");
        try {
            Process kubectl = new ProcessBuilder(
                            "kubectl",
                            "kustomize",
                            Manifests.ROOT.resolve("overlays").resolve(overlay).toString())
                    .redirectOutput(built.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertEquals(0, kubectl.waitFor());
        } catch (IOException notInstalled) {
            // What it would make has been compared by Overlays.
            return;
        }

        assertEquals(byName(expected), byName(Manifests.in(built.toString())));
    }

    private static Set<HasMetadata> byName(List<HasMetadata> resources) {
        return resources.stream().collect(Collectors.toSet());
    }
}
