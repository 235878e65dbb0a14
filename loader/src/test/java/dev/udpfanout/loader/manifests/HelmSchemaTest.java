package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.config.reader.ConfigurationDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart's values.schema.json has the keys, ranges and words of docs/configuration.md, which the configuration's own
 * test holds to the readers.
 */
@Tag("unit")
class HelmSchemaTest {
    private static final Pattern RANGE = Pattern.compile("\\b(\\d+) to (\\d+)\\b");
    private static final Pattern WORD = Pattern.compile("`([a-z_]+)`");

    private JsonNode schema;

    @BeforeEach
    void read() throws IOException {
        schema = new ObjectMapper()
                .readTree(HelmChart.FOLDER.resolve("values.schema.json").toFile());
    }

    static Stream<String> sections() throws IOException {
        return ConfigurationDocument.rows().keySet().stream();
    }

    /** The schema of a section of the page. */
    private JsonNode section(String name) {
        JsonNode node = schema.at("/properties/config");
        if (!name.equals("Top level")) {
            for (String part : name.split("\\.")) {
                node = property(node, part.replace("[]", ""));
                node = part.endsWith("[]") ? resolved(node.path("items")) : node;
            }
        }
        return node;
    }

    private JsonNode property(JsonNode node, String key) {
        return resolved(node.path("properties").path(key));
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? schema.at(node.path("$ref").asText().substring(1)) : node;
    }

    @ParameterizedTest
    @MethodSource("sections")
    void shouldKnowTheKeysOfThePage(String name) throws IOException {
        Set<String> expected =
                new TreeSet<>(ConfigurationDocument.rows().get(name).keySet());
        if (name.equals("listeners[]")) {
            // The chart's own, of which "bind" is made.
            expected.add("port");
        }
        JsonNode section = section(name);

        Set<String> known = new TreeSet<>();
        section.path("properties").fieldNames().forEachRemaining(known::add);
        assertEquals(expected, known);
        assertTrue(section.path("additionalProperties").isBoolean()
                && !section.path("additionalProperties").asBoolean());
    }

    @ParameterizedTest
    @MethodSource("sections")
    void shouldHaveTheRangesOfThePage(String name) throws IOException {
        for (Map.Entry<String, String> row :
                ConfigurationDocument.rows().get(name).entrySet()) {
            JsonNode property = property(section(name), row.getKey());
            Matcher range = RANGE.matcher(row.getValue());
            List<String> limits =
                    switch (property.path("type").asText()) {
                        case "integer", "number" -> List.of("minimum", "maximum");
                        case "array" -> List.of("minItems", "maxItems");
                        default -> List.of();
                    };
            if (range.find() && !limits.isEmpty()) {
                List<Long> actual = new ArrayList<>();
                limits.forEach(limit -> actual.add(property.path(limit).asLong(-1)));
                assertEquals(
                        List.of(Long.valueOf(range.group(1)), Long.valueOf(range.group(2))),
                        actual,
                        name + "." + row.getKey());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sections")
    void shouldHaveTheWordsOfThePage(String name) throws IOException {
        for (Map.Entry<String, String> row :
                ConfigurationDocument.rows().get(name).entrySet()) {
            JsonNode words = property(section(name), row.getKey()).path("enum");
            Set<String> known = new HashSet<>();
            words.forEach(word -> known.add(word.asText()));
            Set<String> values = words(row.getValue().split("\\|")[0]);
            if (!known.isEmpty() && values.size() > 1) {
                assertEquals(values, known, name + "." + row.getKey());
            } else {
                // In the table of user space the values stand among what they mean.
                assertTrue(words(row.getValue()).containsAll(known), name + "." + row.getKey());
            }
        }
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        WORD.matcher(text).results().forEach(match -> words.add(match.group(1)));
        return words;
    }

    /** Of a test that compares nothing nobody would learn. */
    @Test
    void shouldFindSectionsOfEveryKind() {
        assertEquals(1024, property(section("flows"), "max").path("minimum").asInt());
        assertEquals(
                "integer",
                property(section("listeners[].downstream[]"), "weight")
                        .path("type")
                        .asText());
        assertEquals(4, property(section("health"), "protocol").path("enum").size());
    }
}
