package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts for completion, in the shells that they are for. A shell that is not installed is left out. */
@Tag("unit")
class CompletionShellTest {
    /** What is typed, and the one word that every shell offers for it. */
    private static final String COMPLETIONS = """
            udp-fanout sta, status
            udp-fanout status --wa, --watch
            udp-fanout doctor --li, --listener
            udp-fanout completion z, zsh
            """;

    private static final int LIMIT_SECONDS = 60;

    /** zsh completes in its line editor only: so it has a terminal, in which somebody types a line and a tab. */
    private static final String TYPE_IN_ZSH = """
            zmodload zsh/zpty
            zpty inner zsh -f -i
            zpty -w inner "autoload -U compinit; compinit -u -D; source $1; PS1=; print rea''dy"
            zpty -r -m inner seen '*ready*'
            zpty -w -n inner "$2"$'\\t'
            zpty -r -m inner seen "*$3*" && print completed
            zpty -d inner
            """;

    @TempDir
    private Path directory;

    private String script(String shell) throws IOException {
        Path script = directory.resolve("completion." + shell);
        try (PrintWriter out = new PrintWriter(script.toFile(), StandardCharsets.UTF_8)) {
            assertEquals(ExitCode.OK, UdpFanout.commandLine().setOut(out).execute("completion", shell));
        }
        return script.toString();
    }

    private static void assumeInstalled(String shell) {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, shell))),
                shell + " is not installed");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();
        process.getOutputStream().close();
        Thread reaper = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        reaper.join();
        return said;
    }

    /** As bash calls the function when somebody presses tab behind the last word. */
    @ParameterizedTest
    @CsvSource(textBlock = COMPLETIONS)
    void shouldCompleteInBash(String typed, String expected) throws Exception {
        String said = run(
                "bash",
                "--norc",
                "-c",
                "source \"$1\"; read -ra COMP_WORDS <<<\"$2\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; };"
                        + " $(complete -p udp-fanout | grep -oE '_[^ ]+'); printf 'offered %s\\n' \"${COMPREPLY[@]}\"",
                "bash",
                script("bash"),
                typed);
        assertEquals("offered " + expected, said.strip());
    }

    @ParameterizedTest
    @CsvSource(textBlock = COMPLETIONS)
    void shouldCompleteInFish(String typed, String expected) throws Exception {
        assumeInstalled("fish");
        String said = run("fish", "--no-config", "-c", "source " + script("fish") + "; complete -C '" + typed + "'");
        List<String> offered = said.lines().map(line -> line.split("\t", 2)[0]).toList();
        assertEquals(List.of(expected), offered, said);
    }

    @Test
    void shouldOfferEveryCommandInFish() throws Exception {
        assumeInstalled("fish");
        String said = run("fish", "--no-config", "-c", "source " + script("fish") + "; complete -C 'udp-fanout '");
        List<String> offered =
                said.lines().map(line -> line.split("\t", 2)[0]).sorted().toList();
        assertEquals(
                UdpFanout.commandLine().getSubcommands().keySet().stream()
                        .sorted()
                        .toList(),
                offered);
    }

    @ParameterizedTest
    @CsvSource({"udp-fanout sta, status", "udp-fanout status --wa, --watch", "udp-fanout doctor --li, --listener"})
    void shouldCompleteInZsh(String typed, String expected) throws Exception {
        assumeInstalled("zsh");
        Path typing = Files.writeString(directory.resolve("type.zsh"), TYPE_IN_ZSH);
        String said = run("zsh", "-f", typing.toString(), script("zsh"), typed, expected);
        assertTrue(said.contains("completed"), said);
    }
}
