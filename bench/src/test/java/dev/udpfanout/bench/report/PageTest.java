package dev.udpfanout.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bench.result.ResultsFixture;
import dev.udpfanout.lab.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as Chromium sees it. */
@Tag("unit")
class PageTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SEEN = Pattern.compile("data-seen=\"(\\d+) (\\d+) (\\d+) (\\d+)\"");

    /** What a reader's browser knows: put into the page for the test alone. */
    private static final String LOOK = """
            <script>
            addEventListener("load", () => {
                const plots = [...document.querySelectorAll("figure svg")];
                const bars = svg => [...svg.querySelectorAll(".bar")];
                const texts = svg => [...svg.querySelectorAll("text")].map(text => text.getBoundingClientRect());
                const drawn = plots.filter(svg => svg.getBoundingClientRect().height > 50 && bars(svg).length > 1
                        && bars(svg).every(bar => bar.getBoundingClientRect().width > 1)
                        && texts(svg).every(text => text.left >= 0 && text.right <= innerWidth)
                        && texts(svg).every((text, i, all) => i % 2 == 0 || all[i - 1].right < text.left));
                parent.postMessage([document.documentElement.scrollWidth, innerWidth, plots.length, drawn.length].join(" "), "*");
            });
            </script>
            """;

    /** A window that is as narrow as it is told to be: Chromium's own are not less than 500 pixels wide. */
    private static final String WINDOW = """
            <script>addEventListener("message", seen => document.documentElement.dataset.seen = seen.data);</script>
            <iframe src="index.html" style="border: 0; width: %dpx; height: 4000px"></iframe>
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1280, 480})
    void shouldBeReadableWithPlotsDrawnAndNothingToComplainOf(int widthPixels) throws Exception {
        Report.write(ResultsFixture.complete(), directory);
        Path page = directory.resolve("index.html");
        Files.writeString(page, Files.readString(page).replace("</body>", LOOK + "</body>"));
        Path window = directory.resolve("window.html");
        Files.writeString(window, WINDOW.formatted(widthPixels));

        String log = directory.resolve("log").toString();
        List<String> command = new ArrayList<>(List.of("chromium", "--headless", "--no-sandbox", "--disable-gpu"));
        command.addAll(List.of("--disable-quic", "--no-first-run", "--disable-background-networking"));
        command.addAll(
                List.of("--disable-component-update", "--disable-sync", "--enable-logging", "--log-file=" + log));
        command.add("--user-data-dir=" + directory.resolve("profile"));
        command.add("--window-size=1400,4100");
        command.addAll(List.of(
                "--virtual-time-budget=10000", "--dump-dom", window.toUri().toString()));
        Matcher seen = SEEN.matcher(Command.run(command, "", LIMIT));

        assertTrue(seen.find(), "the script has run");
        int innerWidth = Integer.parseInt(seen.group(2));
        assertEquals(widthPixels, innerWidth);
        assertTrue(Integer.parseInt(seen.group(1)) <= innerWidth, () -> "wider than the window: " + seen.group());
        assertEquals("9", seen.group(3), "plots: three of latency, three of throughput, the program twice, hops");
        assertEquals("9", seen.group(4), "plots that are drawn, with no text over another");
        String complaints = Files.exists(Path.of(log)) ? Files.readString(Path.of(log)) : "";
        assertTrue(complaints.lines().noneMatch(line -> line.contains("CONSOLE")), complaints);
    }

    @Test
    void shouldNeedNothingFromElsewhere() throws Exception {
        Report.write(ResultsFixture.complete(), directory);
        String html = Files.readString(directory.resolve("index.html"));
        assertTrue(!html.contains("<script") && !html.contains("src=") && !html.contains("href=\"http"), html);
        assertTrue(html.contains("prefers-color-scheme: dark") && html.contains("size: A4"), "dark, and printable");
        assertTrue(
                html.contains(
                        "<figcaption>direct delivers most: 200 thousand a second, 1.01 times what kube-proxy alone does."),
                "each chart is answered in a sentence");
        assertTrue(html.contains("a &lt;processor&gt; &amp; more"), "text is escaped");
        String markdown = Files.readString(directory.resolve("tables.md"));
        assertTrue(
                markdown.contains("| the same, 1,000 senders over 1 | ≤ 1.10 | 1.50 [1.50, 1.50] | times | missed |"),
                markdown);
    }
}
