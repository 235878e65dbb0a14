package dev.udpfanout.loader.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys that Kubernetes 1.19 knows, of the types that the flat manifests use. Its kubectl refuses a file with any
 * other key: "error validating data: ValidationError(…): unknown field".
 */
final class KeysOfKubernetes119 {
    private static final String RESOURCE = "/kubernetes-1.19.types";

    /** By type: the type of what is below each key, empty where that is not looked at. */
    private final Map<String, Map<String, String>> types = new HashMap<>();

    KeysOfKubernetes119() {
        try (InputStream resource = KeysOfKubernetes119.class.getResourceAsStream(RESOURCE)) {
            new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    private void add(String line) {
        String[] parts = line.split(": ", 2);
        Map<String, String> keys = new HashMap<>();
        for (String key : parts[1].split(" ")) {
            String[] keyAndType = key.split("=", 2);
            keys.put(keyAndType[0], keyAndType.length == 2 ? keyAndType[1] : "");
        }
        types.put(parts[0], keys);
    }

    /** The paths in a document that 1.19 does not know; the document itself, if it does not know its kind. */
    List<String> unknownIn(JsonNode document) {
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        List<String> unknown = new ArrayList<>();
        if (types.containsKey(kind)) {
            check(document, kind, kind, unknown);
        } else {
            unknown.add(kind);
        }
        return unknown;
    }

    private void check(JsonNode node, String type, String path, List<String> unknown) {
        if (node.isArray()) {
            node.forEach(element -> check(element, type, path, unknown));
            return;
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String place = path + "." + entry.getKey();
            String below = types.get(type).get(entry.getKey());
            if (below == null) {
                unknown.add(place);
            } else if (!below.isEmpty()) {
                check(entry.getValue(), below, place, unknown);
            }
        }
    }
}
