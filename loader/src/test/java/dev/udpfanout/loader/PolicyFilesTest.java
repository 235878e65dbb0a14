package dev.udpfanout.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The list of files in CONTRIBUTING.md that a policy is in, held against those that the policies of today are in. */
@Tag("unit")
class PolicyFilesTest {
    private static final Path TREE = Path.of("..");
    private static final String HEADING = "### A policy\n";
    private static final Pattern PATH = Pattern.compile("`([a-z-]+/[A-Za-z0-9_/.-]+\\.(?:java|h|md))`");

    /** Decides by the policy, or is one. */
    private static final Pattern KIND_OF_POLICY = Pattern.compile(
            "Policy\\.(?:ROUND_ROBIN|WEIGHTED|REPLICATE)|SpreadPlan\\.(?:RoundRobin|Weighted|Replicate)|case (?:WEIGHTED|REPLICATE)");

    /**
     * No further policy changes these: mirrors take turns, whatever their listener's policy, and what goes with the
     * default alone refuses each other one.
     */
    private static final Set<String> DEFAULT_ALONE = Set.of(
            "config/ReceiverSet.java",
            "config/reader/ReceiversReader.java",
            "config/reader/NetflowCheck.java",
            "kubernetes/services/ServiceAnnotations.java",
            "kubernetes/services/ServiceReading.java");

    private static Set<String> listed() throws IOException {
        String text = Files.readString(TREE.resolve("CONTRIBUTING.md"));
        String section = text.substring(text.indexOf(HEADING) + HEADING.length());
        return PATH.matcher(section.substring(0, section.indexOf("\n### ")))
                .results()
                .map(path -> path.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldListTenFilesAtTheMostEachWithThePoliciesOfToday() throws IOException {
        Set<String> listed = listed();
        assertTrue(listed.size() >= 8 && listed.size() <= 10, listed.toString());
        Pattern policy = Pattern.compile("(?i)replicate|hash");
        for (String file : listed) {
            assertTrue(policy.matcher(read(TREE.resolve(file))).find(), file + " has nothing of a policy");
        }
    }

    @Test
    void shouldListEveryFileThatDecidesByThePolicy() throws IOException {
        Set<String> deciding = new TreeSet<>();
        for (String module : List.of("loader", "fallback-datapath")) {
            try (Stream<Path> files = Files.walk(TREE.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> DEFAULT_ALONE.stream().noneMatch(file.toString()::endsWith))
                        .filter(file -> KIND_OF_POLICY.matcher(read(file)).find())
                        .map(file -> TREE.relativize(file).toString())
                        .forEach(deciding::add);
            }
        }
        Set<String> missing = new TreeSet<>(deciding);
        missing.removeAll(listed());
        assertEquals(Set.of(), missing, "not in CONTRIBUTING.md");
        assertTrue(deciding.size() >= 3, deciding.toString());
    }
}
