package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What help, manual pages and completion say is made from the commands, and lacks none. */
@Tag("unit")
class HelpTest {
    static Stream<String> commands() {
        return UdpFanout.commandLine().getSubcommands().keySet().stream().filter(name -> !name.equals("help"));
    }

    private static String output(String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine command = UdpFanout.commandLine().setOut(new PrintWriter(out));
        assertEquals(ExitCode.OK, command.execute(arguments));
        return out.toString();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldHaveAnExampleThatTheCommandLineTakes(String name) {
        String help = output(name, "--help");
        assertTrue(help.contains("\nExample:\n") || help.contains("\nExamples:\n"), help);
        String[] footer = UdpFanout.commandLine()
                .getSubcommands()
                .get(name)
                .getCommandSpec()
                .usageMessage()
                .footer();
        List<String> examples =
                Stream.of(footer).filter(line -> line.startsWith("  ")).toList();
        assertFalse(examples.isEmpty(), help);
        for (String example : examples) {
            assertTrue(example.contains("udp-fanout "), example);
            assertTrue(help.contains(example + "\n"), () -> "broken in two: " + example);
            String typed = example.replaceAll("^.*?udp-fanout ", "")
                    .replaceAll("[>&)].*$", "")
                    .replace("'", "")
                    .strip();
            UdpFanout.commandLine().parseArgs(typed.split(" +"));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldHaveEveryOptionOnTheManualPage(String name) {
        String page = output("man", name);
        assertTrue(page.startsWith(".TH UDP-FANOUT-" + name.toUpperCase(java.util.Locale.ROOT)), page);
        UdpFanout.commandLine()
                .getSubcommands()
                .get(name)
                .getCommandSpec()
                .options()
                .forEach(option ->
                        assertTrue(page.contains(option.longestName().replace("-", "\\-")), option::longestName));
        assertFalse(page.contains("${"), page);
        assertFalse(page.contains("\nExample"), () -> "a heading below the heading: " + page);
    }

    @Test
    void shouldHaveEveryCommandOnTheManualPage() {
        String page = output("man");
        commands().forEach(name -> assertTrue(page.contains(".B " + name.replace("-", "\\-") + "\n"), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void shouldCompleteEveryCommandAndOption(String shell) {
        String script = output("completion", shell);
        commands().forEach(name -> assertTrue(script.contains(name), name));
        assertTrue(script.contains(shell.equals("fish") ? "-l watch" : "--watch"), script);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void shouldOfferValuesAsTheHelpWritesThem(String shell) {
        String script = output("completion", shell);
        assertTrue(script.contains(shell.equals("fish") ? "-a 'text json'" : "(\"text\" \"json\")"), script);
        assertFalse(script.contains("JSON\""), script);
    }

    /** The same code means something else in another command. */
    @ParameterizedTest
    @MethodSource("commands")
    void shouldSayOnTheManualPageWhatTheCommandReturns(String name) {
        String page = output("man", name);
        assertTrue(page.matches("(?s)\\.TH \\S+ 1 \"\\d{4}-\\d\\d-\\d\\d\" .*"), page);
        UdpFanout.commandLine()
                .getSubcommands()
                .get(name)
                .getCommandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> assertTrue(page.contains(".B " + code + "\n" + meaning), page));
        assertTrue(page.contains(".SH \"EXIT STATUS\"\n.TP\n.B 0\n"), page);
    }

    @Test
    void shouldBeAScriptThatBashTakes() throws IOException, InterruptedException {
        Process bash = new ProcessBuilder(List.of("bash", "-c", "source /dev/stdin && complete -p udp-fanout"))
                .redirectErrorStream(true)
                .start();
        bash.getOutputStream().write(output("completion", "bash").getBytes(StandardCharsets.UTF_8));
        bash.getOutputStream().close();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, bash.exitValue(), said);
        assertTrue(said.contains("_complete_udp-fanout"), said);
    }
}
