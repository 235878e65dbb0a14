package dev.udpfanout.loader.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files in {@code k8s}. */
public final class Manifests {
    public static final Path ROOT = Path.of("..", "k8s").toAbsolutePath().normalize();

    private static final Map<String, Class<? extends HasMetadata>> TYPES = Stream.of(
                    ClusterRole.class,
                    ClusterRoleBinding.class,
                    ConfigMap.class,
                    DaemonSet.class,
                    Deployment.class,
                    Namespace.class,
                    PodDisruptionBudget.class,
                    Role.class,
                    RoleBinding.class,
                    Service.class,
                    ServiceAccount.class)
            .collect(Collectors.toMap(
                    type -> HasMetadata.getApiVersion(type) + " " + HasMetadata.getKind(type), Function.identity()));

    private Manifests() {}

    /** Every manifest once: links to another are left out, and so are kustomize's own files and the chart. */
    static List<Path> files() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !Files.isSymbolicLink(file))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .filter(file -> !file.startsWith(ROOT.resolve("helm")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in a file, which is given relative to {@code k8s}; fails on any key that its kind does not have. */
    public static List<HasMetadata> in(String file) {
        try {
            return StrictYaml.documents(ROOT.resolve(file)).stream()
                    .map(document -> resource(file, document))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** The only one of a type in a file. */
    public static <T extends HasMetadata> T only(Class<T> type, String file) {
        List<T> found = all(type, in(file));
        if (found.size() != 1) {
            throw new AssertionError(file + " has " + found.size() + " of " + type.getSimpleName());
        }
        return found.getFirst();
    }

    static <T> List<T> all(Class<T> type, List<HasMetadata> resources) {
        return resources.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** A document as its kind's type; the file is for the message. */
    static HasMetadata resource(String file, JsonNode document) {
        String type = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        Class<? extends HasMetadata> model = TYPES.get(type);
        if (model == null) {
            throw new AssertionError(file + ": no model for \"" + type + "\"");
        }
        try {
            if (document instanceof ObjectNode patch) {
                // kustomize's own: what it does is not the resource's.
                patch.remove(Overlays.DIRECTIVE);
            }
            return StrictYaml.as(model, document);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    /** What the DaemonSet's only container asks for, and its limits. */
    static ResourceRequirements resources(List<HasMetadata> all) {
        return all(DaemonSet.class, all)
                .getFirst()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getResources();
    }
}
