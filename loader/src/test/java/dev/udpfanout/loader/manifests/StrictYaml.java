package dev.udpfanout.loader.manifests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads YAML as the API server does with {@code --validate=strict}: unknown and repeated keys are errors. */
final class StrictYaml {
    private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .setAnnotationIntrospector(new WithoutAnySetters());

    private StrictYaml() {}

    /** The documents of a file that are not empty. */
    static List<JsonNode> documents(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** The documents of a text that are not empty. */
    static List<JsonNode> parse(String text) throws IOException {
        try (var documents = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll().stream()
                    .filter(document -> document.isObject() && !document.isEmpty())
                    .toList();
        }
    }

    /** The document as the type, of which it may say nothing that the type does not know. */
    static <T> T as(Class<T> type, JsonNode document) throws IOException {
        return MAPPER.treeToValue(document, type);
    }

    /** fabric8's model classes swallow unknown keys with their any-setters. */
    private static final class WithoutAnySetters extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}
