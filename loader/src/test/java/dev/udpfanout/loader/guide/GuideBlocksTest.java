package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command of the operators' pages is either typed by a test, or about files and names that are there. */
@Tag("unit")
class GuideBlocksTest {
    private static final Path ROOT = Manifests.ROOT.getParent();
    private static final Set<String> PLACES = Set.of("pod", "node", "client", "log", "cluster");
    private static final Set<String> CONDITIONS = Set.of("tcx", "clsact", "bpftool-7.3", "sending", "once");
    private static final Pattern APPLIED = Pattern.compile("(?:apply|delete) -([fk]) (\\S+)");
    private static final Pattern NAMED =
            Pattern.compile("(?<= )-n (\\S+)(?:.* (daemonset|ds|deployment|service)[/ ]([a-z-]+))?");
    private static final Pattern LABEL = Pattern.compile("-l (\\S+)=(\\S+)");

    static List<Fence> blocks() throws IOException {
        List<Fence> blocks = new ArrayList<>();
        for (String page : GuideTest.PAGES) {
            blocks.addAll(Fence.in(ROOT.resolve("docs").resolve(page)));
        }
        return blocks;
    }

    static Stream<Fence> commands() throws IOException {
        return blocks().stream().filter(Fence::isCommand);
    }

    static Stream<Fence> clusterCommands() throws IOException {
        return commands().filter(fence -> fence.says("cluster"));
    }

    static Stream<Fence> yaml() throws IOException {
        return blocks().stream().filter(fence -> fence.says("yaml"));
    }

    private static List<HasMetadata> resources() {
        List<HasMetadata> resources = new ArrayList<>(Manifests.in("example-receivers.yaml"));
        Stream.of(Variant.values()).forEach(variant -> resources.addAll(variant.resources()));
        return resources;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldSayWhereEveryCommandIsTyped(Fence fence) {
        assertTrue(fence.words().size() > 1 && PLACES.contains(fence.words().get(1)), fence::toString);
        assertTrue(CONDITIONS.containsAll(fence.words().subList(2, fence.words().size())), fence::toString);
        assertFalse(fence.text().isBlank(), fence::toString);
    }

    @ParameterizedTest
    @MethodSource("clusterCommands")
    void shouldApplyFilesThatAreThere(Fence fence) {
        for (String line : fence.text().lines().toList()) {
            assertTrue(line.startsWith("kubectl "), line);
            for (MatchResult applied : APPLIED.matcher(line).results().toList()) {
                Path path = ROOT.resolve(applied.group(2));
                assertTrue(
                        applied.group(1).equals("k")
                                ? Files.isRegularFile(path.resolve("kustomization.yaml"))
                                : Files.isRegularFile(path),
                        line);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clusterCommands")
    void shouldNameWhatTheManifestsMake(Fence fence) {
        Set<String> known = new HashSet<>();
        Set<String> labels = new HashSet<>();
        for (HasMetadata resource : resources()) {
            String namespace = resource.getMetadata().getNamespace();
            known.add(resource.getKind().toLowerCase(Locale.ROOT) + " " + (namespace == null ? "" : namespace + "/")
                    + resource.getMetadata().getName());
            if (resource.getMetadata().getLabels() != null) {
                resource.getMetadata().getLabels().forEach((key, value) -> labels.add(key + "=" + value));
            }
        }
        for (String line : fence.text().lines().toList()) {
            for (MatchResult named : NAMED.matcher(line).results().toList()) {
                assertTrue(known.contains("namespace " + named.group(1)), line);
                if (named.group(2) != null) {
                    String kind = named.group(2).equals("ds") ? "daemonset" : named.group(2);
                    assertTrue(known.contains(kind + " " + named.group(1) + "/" + named.group(3)), line);
                }
            }
            LABEL.matcher(line)
                    .results()
                    .forEach(label -> assertTrue(labels.contains(label.group(1) + "=" + label.group(2)), line));
        }
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void shouldBeYaml(Fence fence) throws IOException {
        try (var documents = new ObjectMapper(new YAMLFactory())
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(fence.text())) {
            assertFalse(documents.readAll().isEmpty(), fence::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void shouldExpectNothingOfWhatIsNotTyped(Fence fence) throws IOException {
        List<Fence> all = blocks();
        if (fence.isExpectation()) {
            Fence before = all.get(all.indexOf(fence) - 1);
            assertTrue(before.isCommand() && !before.says("cluster"), () -> fence + " after " + before);
            assertEquals(fence.file(), before.file());
        }
    }
}
