package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.loader.manifests.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Links between the pages of this repository lead somewhere, and pages name what the files that they are about have.
 */
@Tag("unit")
class DocumentLinksTest {
    private static final Path ROOT = Manifests.ROOT.getParent();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^\\s*```.*?^\\s*```\\s*?$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");
    private static final Pattern NAMED_ALERT = Pattern.compile("\\| `(UdpFanout\\w+)` \\|");

    /** What is read in one sitting. */
    private static final int MOST_LINES = 400;

    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("k8s"), ROOT.resolve("bench"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    private static String withoutBlocks(Path page) throws IOException {
        return BLOCK.matcher(Files.readString(page)).replaceAll("");
    }

    /** As GitHub makes them: lower case, spaces to hyphens, nothing else that is no letter or digit. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(withoutBlocks(page))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).strip())
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldLeadSomewhereWhenALinkIsRelative() throws IOException {
        List<String> broken = new ArrayList<>();
        int followed = 0;
        for (Path page : pages()) {
            for (MatchResult link : LINK.matcher(withoutBlocks(page)).results().toList()) {
                String target = link.group(1);
                if (!target.contains("://")) {
                    followed++;
                    String[] parts = target.split("#", 2);
                    Path file = parts[0].isEmpty()
                            ? page
                            : page.resolveSibling(parts[0]).normalize();
                    boolean isThere = Files.exists(file)
                            && (parts.length == 1 || anchors(file).contains(parts[1]));
                    if (!isThere) {
                        broken.add(ROOT.relativize(page) + ": " + target);
                    }
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(followed > 0);
    }

    /** The map of the documentation leads to every page beside it, and no page has the marks of an unfinished merge. */
    @Test
    void shouldListEveryPageInTheMapWhenAPageIsWhole() throws IOException {
        String map = Files.readString(ROOT.resolve("docs/README.md"));
        List<String> unlisted = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        for (Path page : pages()) {
            String name = page.getFileName().toString();
            if (page.getParent().equals(ROOT.resolve("docs"))
                    && !name.equals("README.md")
                    && !map.contains("](" + name + ")")) {
                unlisted.add(name);
            }
            if (Files.readString(page).lines().anyMatch(line -> line.matches("(<{7}|>{7}) .*"))) {
                unfinished.add(name);
            }
        }
        assertEquals(List.of(), unlisted, "not in docs/README.md");
        assertEquals(List.of(), unfinished, "with marks of a merge");
    }

    /** A longer page is two subjects. Generated tables count: a reader has to pass them. */
    @Test
    void shouldHaveNoPageThatIsTooLongToRead() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path page : pages()) {
            long lines = Files.readString(page).lines().count();
            if (lines > MOST_LINES && !page.getFileName().toString().equals("CHANGELOG.md")) {
                tooLong.add(ROOT.relativize(page) + ": " + lines + " lines");
            }
        }
        assertEquals(List.of(), tooLong, "more than " + MOST_LINES + " lines: split it by subject");
    }

    @Test
    void shouldExplainEveryAlertAndNoOther() throws IOException {
        Set<String> alerts = names(ALERT, ROOT.resolve("k8s/monitoring/prometheusrule.yaml"));
        assertFalse(alerts.isEmpty());
        assertEquals(alerts, names(NAMED_ALERT, ROOT.resolve("docs/deployment.md")));
    }

    @Test
    void shouldExplainReasonsForWhichDatagramsAreDropped() throws IOException {
        String guide = Files.readString(ROOT.resolve("docs/metallb-troubleshooting.md"));
        String table = guide.substring(guide.indexOf("| reason | what to do here |"));
        Set<String> known =
                Stream.of(DropReason.values()).map(DropReason::label).collect(Collectors.toSet());

        Set<String> explained = new TreeSet<>();
        for (String row : table.lines().skip(2).toList()) {
            String reasons = row.split("\\|", 3).length > 1 ? row.split("\\|", 3)[1] : "";
            CODE.matcher(reasons).results().forEach(found -> explained.add(found.group(1)));
        }
        assertFalse(explained.isEmpty());
        assertTrue(known.containsAll(explained), () -> explained + " of " + known);
    }

    private static Set<String> names(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
