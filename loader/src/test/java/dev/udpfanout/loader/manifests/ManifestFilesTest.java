package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class ManifestFilesTest {
    static Stream<Path> kubernetesFiles() {
        return Manifests.files().stream().filter(file -> !file.startsWith(Manifests.ROOT.resolve("monitoring")));
    }

    @ParameterizedTest
    @MethodSource("kubernetesFiles")
    void shouldSayNothingThatKubernetesDoesNotKnow(Path file) {
        List<HasMetadata> resources = Manifests.in(file.toString());

        assertFalse(resources.isEmpty());
        for (HasMetadata resource : resources) {
            assertFalse(resource.getMetadata().getName().isEmpty());
            assertEquals(
                    resource instanceof Namespaced,
                    resource.getMetadata().getNamespace() != null,
                    () -> "namespace of " + resource.getKind() + " "
                            + resource.getMetadata().getName());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldUseNamespacesThatAreThere(Variant variant) {
        List<HasMetadata> resources = Stream.concat(
                        variant.resources().stream(), Manifests.in("example-receivers.yaml").stream())
                .toList();
        Set<String> made = new HashSet<>();
        resources.stream()
                .filter(resource -> resource.getKind().equals("Namespace"))
                .forEach(namespace -> made.add(namespace.getMetadata().getName()));

        for (HasMetadata resource : resources) {
            String namespace = resource.getMetadata().getNamespace();
            assertTrue(namespace == null || made.contains(namespace), () -> resource.getMetadata()
                    .getName());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameEverythingOnce(Variant variant) {
        Set<String> names = new HashSet<>();
        for (HasMetadata resource : variant.resources()) {
            String name = resource.getKind() + " " + resource.getMetadata().getNamespace() + "/"
                    + resource.getMetadata().getName();
            assertTrue(names.add(name), name);
        }
    }

    @Test
    void shouldHaveFlatFilesThatAreThere() throws IOException {
        try (Stream<Path> files = Files.list(Manifests.ROOT)) {
            files.filter(Files::isSymbolicLink).forEach(link -> assertTrue(Files.isRegularFile(link), link::toString));
        }
    }

    @Test
    void shouldNoticeAKeyThatKubernetesDoesNotKnow(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("service.yaml");
        Files.writeString(
                file, "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [ { prot: UDP } ] }\n");

        Throwable refused = assertThrows(RuntimeException.class, () -> Manifests.only(Service.class, file.toString()));
        assertTrue(refused.getMessage().contains("\"prot\""), refused.getMessage());
    }
}
