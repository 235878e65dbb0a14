package dev.udpfanout.loader.cli;

import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** {@code udp-fanout man}: manual pages in roff, man(7), made from the commands and their options. */
@Command(
        name = "man",
        description = "Prints the manual page of udp-fanout, or of one of its commands, for man(1).",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout man status > status.1 && man ./status.1"},
        mixinStandardHelpOptions = true)
final class ManCommand implements Callable<Integer> {
    private static final Map<String, String> EXIT_CODES = new TreeMap<>(Map.of(
            "0", "It is done.",
            "1", "The machine or the kernel refuses.",
            "2", "The command line or the configuration is wrong."));

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "One of udp-fanout's commands.")
    private String command;

    @CommandLine.Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine top = spec.root().commandLine();
        CommandLine wanted = command == null ? top : top.getSubcommands().get(command);
        if (wanted == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "there is no command \"" + command + "\"; there are: "
                            + String.join(", ", top.getSubcommands().keySet()));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(page(wanted));
        out.flush();
        return ExitCode.OK;
    }

    private static String page(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String name = spec.qualifiedName("-");
        String description = text(spec.usageMessage().description());
        StringBuilder page = new StringBuilder();
        page.append(".TH %s 1 \"%s\" \"udp-fanout %s\"%n"
                .formatted(name.toUpperCase(Locale.ROOT), LocalDate.now(ZoneOffset.UTC), UdpFanout.VERSION));
        page.append(".SH NAME%n%s \\- %s%n".formatted(escaped(name), escaped(firstSentence(description))));
        page.append(".SH SYNOPSIS%n.B %s%n".formatted(escaped(synopsis(command))));
        page.append(".SH DESCRIPTION%n%s%n".formatted(escaped(description)));
        if (!spec.positionalParameters().isEmpty() || !spec.options().isEmpty()) {
            page.append(".SH OPTIONS%n".formatted());
        }
        for (PositionalParamSpec each : spec.positionalParameters()) {
            entry(page, each.paramLabel(), text(each.description()));
        }
        for (OptionSpec each : spec.options()) {
            String label = each.arity().max() > 0 ? "=" + each.paramLabel() : "";
            entry(page, String.join(", ", each.names()) + label, option(each));
        }
        if (!command.getSubcommands().isEmpty()) {
            page.append(".SH COMMANDS%n".formatted());
            command.getSubcommands()
                    .forEach((each, sub) -> entry(
                            page,
                            each,
                            firstSentence(
                                    text(sub.getCommandSpec().usageMessage().description()))));
        }
        page.append(".SH EXAMPLES%n.nf%n".formatted());
        for (String line : spec.usageMessage().footer()) {
            page.append(escaped(line)).append(System.lineSeparator());
        }
        page.append(".fi%n.SH \"EXIT STATUS\"%n".formatted());
        exitCodes(spec).forEach((code, meaning) -> entry(page, code, meaning));
        return page.toString();
    }

    /** A command that has others than most says so itself. */
    private static Map<String, String> exitCodes(CommandSpec spec) {
        Map<String, String> own = spec.usageMessage().exitCodeList();
        return own.isEmpty() ? EXIT_CODES : own;
    }

    private static String synopsis(CommandLine command) {
        return command.getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
    }

    private static String option(OptionSpec option) {
        return text(option.description()).replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()));
    }

    private static void entry(StringBuilder page, String term, String description) {
        page.append(".TP%n.B %s%n%s%n".formatted(escaped(term), escaped(description)));
    }

    private static String text(String[] lines) {
        return Ansi.OFF.string(String.join(" ", lines)).replace("%n", " ").replace("%%", "%");
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return (end < 0 ? text : text.substring(0, end)).replaceFirst("\\.$", "");
    }

    /** groff(7): a backslash begins an escape, a dot or an apostrophe at the start of a line a request. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
