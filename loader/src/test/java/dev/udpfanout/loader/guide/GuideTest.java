package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands of the tutorial's pages, typed one page after the other, each from top to bottom, and of
 * docs/deployment.md after them, print what the pages say.
 */
@Tag("kernel")
class GuideTest {
    private static final Path DOCS = Path.of("..", "docs");

    /** In the order in which they are read. */
    static final List<String> PAGES =
            List.of("metallb.md", "metallb-verification.md", "metallb-troubleshooting.md", "deployment.md");

    private static final int CPUS = Runtime.getRuntime().availableProcessors();
    private static final Pattern CONTAINER = Pattern.compile(" -c (\\S+)");
    private static final Pattern TAIL_OF_RECEIVERS = Pattern.compile(" -l app=udp-receiver --tail=(\\d+)");
    private static final Pattern ATTACHED = Pattern.compile("attached TC eBPF program to ingress .*method=\"(\\w+)\"");
    private static final Pattern VERSION = Pattern.compile("bpftool v(\\d+)\\.(\\d+)");
    private static final Duration AGAIN_LIMIT = Duration.ofSeconds(20);
    private static final int BPFTOOL_WITH_TCX = 703;

    @TempDir
    private Path directory;

    private GuideCluster cluster;
    private String traffic;
    private final List<String> differences = new ArrayList<>();
    private final List<Fence> typed = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"clsact", "auto"})
    void shouldPrintWhatThePagesSayWhenTheirCommandsAreTyped(String attach) throws IOException {
        try (GuideCluster made = new GuideCluster(directory, attach)) {
            cluster = made;
            for (String page : PAGES) {
                Iterator<Fence> fences = Fence.in(DOCS.resolve(page)).iterator();
                while (fences.hasNext()) {
                    carryOut(fences.next(), fences);
                }
            }
        }
        assertEquals(List.of(), differences, () -> String.join("\n\n", differences));
        for (String place : List.of("pod", "node", "client", "log")) {
            assertTrue(typed.stream().anyMatch(fence -> fence.says(place)), place + " among " + typed);
        }
    }

    private void carryOut(Fence fence, Iterator<Fence> next) throws IOException {
        if (fence.says("published")) {
            assertSaidIn(
                    new ObjectMapper(new YAMLFactory()).readTree(fence.text()), cluster.published(), fence.toString());
        } else if (fence.isCommand() && fence.says("cluster")) {
            fence.text().lines().forEach(cluster::carryOut);
        } else if (fence.isCommand()) {
            Fence expectation = next.next();
            assertTrue(expectation.isExpectation(), () -> fence + " is followed by " + expectation);
            if (isFor(fence)) {
                typed.add(fence);
                assertPrints(fence, expectation.text());
            }
        }
    }

    private boolean isFor(Fence fence) {
        if (fence.says("tcx") || fence.says("clsact")) {
            Matcher attached = ATTACHED.matcher(String.join("\n", cluster.log(null)));
            assertTrue(attached.find());
            if (!fence.says(attached.group(1))) {
                return false;
            }
        }
        if (fence.says("bpftool-7.3") && bpftoolVersion() < BPFTOOL_WITH_TCX) {
            System.out.println("not typed, this machine's bpftool is too old for it: " + fence);
            return false;
        }
        return true;
    }

    private static int bpftoolVersion() {
        Matcher version = VERSION.matcher(Command.run(List.of("bpftool", "version")));
        assertTrue(version.find());
        return 100 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2));
    }

    /** What changes by itself is looked at again until it is so; what changes something is typed once. */
    private void assertPrints(Fence fence, String text) {
        ExpectedOutput expected = new ExpectedOutput(text, CPUS);
        String[] output = new String[1];
        boolean matches = BoundedWait.until(
                () -> {
                    output[0] = output(fence);
                    return expected.matches(output[0]) || fence.says("once");
                },
                AGAIN_LIMIT);
        if (!matches || !expected.matches(output[0])) {
            differences.add("%s: expected%n%s%n--- but it is%n%s".formatted(fence, text, output[0]));
        }
    }

    private String output(Fence fence) {
        if (fence.says("log")) {
            Matcher tail = TAIL_OF_RECEIVERS.matcher(fence.text());
            if (tail.find()) {
                return String.join("\n", cluster.logsOfReceivers(Integer.parseInt(tail.group(1))));
            }
            Matcher container = CONTAINER.matcher(fence.text());
            return String.join("\n", cluster.log(container.find() ? container.group(1) : null));
        }
        String place = fence.words().get(1);
        if (place.equals("client") && fence.says("once")) {
            traffic = fence.text();
        }
        LabProcess process = cluster.shells().type(place, fence.text());
        while (fence.says("sending") && process.isAlive()) {
            assertNotNull(traffic, "the page sends later only");
            cluster.shells().type("client", traffic).awaitExit(GuideCluster.LIMIT);
        }
        int exitCode = process.awaitExit(GuideCluster.LIMIT);
        return String.join("\n", process.lines()) + (exitCode == 0 ? "" : "\nexit code " + exitCode);
    }

    /** All that one tree says is in the other; a text in angle brackets stands for any. */
    private static void assertSaidIn(JsonNode expected, JsonNode actual, String place) {
        assertNotNull(actual, place);
        if (expected.isContainerNode()) {
            if (expected.isArray()) {
                assertEquals(expected.size(), actual.size(), place);
            }
            for (int i = 0; i < expected.size(); i++) {
                assertSaidIn(expected.path(i), actual.path(i), place + "/" + i);
            }
            expected.fieldNames()
                    .forEachRemaining(name -> assertSaidIn(expected.get(name), actual.get(name), place + "/" + name));
        } else if (!expected.asText().matches("<[a-z ]+>")) {
            assertEquals(expected.asText(), actual.asText(), place);
        }
    }
}
