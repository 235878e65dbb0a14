package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The configurations of docs/recipes.md: the daemon takes each, and each protocol of the page's table has its own. */
@Tag("unit")
class RecipesTest {
    private static final ConfigReader READER = new ConfigReader(name -> true);
    private static final Pattern RECIPE = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| .* \\| \\[.*]\\(#([a-z0-9-]+)\\) \\|$");

    private static String page() throws IOException {
        return Files.readString(ConfigurationDocument.FILE.resolveSibling("recipes.md"));
    }

    /** The page's sections by their anchors. */
    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new TreeMap<>();
        Stream.of(page().split("\n## ")).skip(1).forEach(section -> {
            String heading = section.substring(0, section.indexOf('\n'));
            sections.put(heading.toLowerCase().replaceAll("[^a-z0-9 -]", "").replace(' ', '-'), section);
        });
        return sections;
    }

    @Test
    void shouldHaveAConfigurationThatTheDaemonTakesForEachProtocol() throws Exception {
        for (Map.Entry<String, String> section : sections().entrySet()) {
            List<String> recipes = RECIPE.matcher(section.getValue())
                    .results()
                    .map(recipe -> recipe.group(1))
                    .toList();
            assertTrue(!recipes.isEmpty(), section.getKey() + " has no configuration");
            for (String recipe : recipes) {
                Config config = READER.parse(recipe, section.getKey());
                assertEquals(1, config.listeners().size(), section.getKey());
                assertEquals(
                        2,
                        config.listeners().getFirst().receivers().downstream().size(),
                        section.getKey());
            }
            assertTrue(section.getValue().contains("* **The receiver**"), section.getKey());
            assertTrue(section.getValue().contains("* **Do not**"), section.getKey());
        }
    }

    @Test
    void shouldHaveASectionForEachProtocolOfTheTable() throws IOException {
        assertEquals(
                sections().keySet(),
                ROW.matcher(page())
                        .results()
                        .map((MatchResult row) -> row.group(1))
                        .collect(TreeSet::new, TreeSet::add, TreeSet::addAll));
    }
}
