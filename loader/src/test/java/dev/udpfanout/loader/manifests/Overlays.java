package dev.udpfanout.loader.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code kubectl kustomize} makes of a folder, where there is no kubectl: {@link KustomizeTest} compares the two
 * where there is one. It knows what these overlays use: resources, and patches that set keys, change members of lists
 * by their names, replace other lists, or delete.
 */
final class Overlays {
    /** The key of a patch that says what is done with what it names. */
    static final String DIRECTIVE = "$patch";

    private Overlays() {}

    /** All of an overlay, given by its name in {@code k8s/overlays}. */
    static List<HasMetadata> render(String overlay) {
        Path folder = Manifests.ROOT.resolve("overlays").resolve(overlay);
        return documents(folder).stream()
                .map(document -> Manifests.resource(overlay, document))
                .toList();
    }

    private static List<ObjectNode> documents(Path folder) {
        Path file = folder.resolve("kustomization.yaml");
        try {
            Kustomization kustomization = StrictYaml.as(
                    Kustomization.class, StrictYaml.documents(file).getFirst());
            if (!kustomization.configMapGenerator().isEmpty()) {
                throw new AssertionError(file + ": generators are not known here");
            }
            List<ObjectNode> documents = new ArrayList<>();
            for (String resource : kustomization.resources()) {
                Path path = folder.resolve(resource);
                documents.addAll(Files.isDirectory(path) ? documents(path) : objects(path));
            }
            for (Kustomization.Patch patch : kustomization.patches()) {
                objects(folder.resolve(patch.path())).forEach(change -> apply(change, documents, file));
            }
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<ObjectNode> objects(Path file) throws IOException {
        return StrictYaml.documents(file).stream().map(ObjectNode.class::cast).toList();
    }

    private static void apply(ObjectNode change, List<ObjectNode> documents, Path file) {
        ObjectNode target = documents.stream()
                .filter(document -> name(document).equals(name(change)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + ": nothing to patch: " + name(change)));
        if (change.path(DIRECTIVE).asText().equals("delete")) {
            documents.remove(target);
        } else {
            merge(target, change);
        }
    }

    private static String name(JsonNode document) {
        JsonNode metadata = document.path("metadata");
        return document.path("kind").asText() + " " + metadata.path("namespace").asText() + "/"
                + metadata.path("name").asText();
    }

    private static void merge(ObjectNode target, ObjectNode change) {
        change.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode deeper
                    && target.get(entry.getKey()) instanceof ObjectNode inner) {
                merge(inner, deeper);
            } else if (areNamed(entry.getValue()) && areNamed(target.path(entry.getKey()))) {
                mergeByName(target.get(entry.getKey()), entry.getValue());
            } else {
                target.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static boolean areNamed(JsonNode list) {
        return list.isArray() && !list.isEmpty() && list.valueStream().allMatch(each -> each.has("name"));
    }

    private static void mergeByName(JsonNode targets, JsonNode changes) {
        for (JsonNode change : changes) {
            JsonNode target = targets.valueStream()
                    .filter(each -> each.get("name").equals(change.get("name")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nothing to patch: " + change.get("name")));
            merge((ObjectNode) target, (ObjectNode) change);
        }
    }
}
