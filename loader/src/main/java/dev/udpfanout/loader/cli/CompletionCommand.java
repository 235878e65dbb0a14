package dev.udpfanout.loader.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** {@code udp-fanout completion}: a script that has a shell complete commands and options, made from them. */
@Command(
        name = "completion",
        description = "Prints a script for the shell, which then completes udp-fanout's commands and options.",
        footerHeading = "%nExample:%n",
        footer = {
            "  source <(udp-fanout completion bash)",
            "  udp-fanout completion fish > ~/.config/fish/completions/udp-fanout.fish"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    private static final String NAME = "udp-fanout";
    /** The values of an option or a parameter in picocli's script; names of functions have no quotes. */
    private static final Pattern CHOICES = Pattern.compile("(?<=_args=\\()\"[^)\n]*\"(?=\\))");

    /** For which there are scripts. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell;

    @CommandLine.Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine top = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        // picocli's script is for both: in zsh it turns on what understands bash's.
        out.print(shell == Shell.FISH ? fish(top) : withSmallLetters(AutoComplete.bash(NAME, top)));
        out.flush();
        return ExitCode.OK;
    }

    /** picocli offers enums as Java writes them; people type what the help says. */
    private static String withSmallLetters(String script) {
        return CHOICES.matcher(script).replaceAll(choices -> choices.group().toLowerCase(Locale.ROOT));
    }

    private static String fish(CommandLine top) {
        StringBuilder script = new StringBuilder("# fish completion for " + NAME + "\n");
        String none = "not __fish_seen_subcommand_from "
                + String.join(" ", top.getSubcommands().keySet());
        top.getCommandSpec().options().forEach(option -> option(script, none, option));
        top.getSubcommands().forEach((name, command) -> {
            String help = first(command.getCommandSpec().usageMessage().description());
            script.append("complete -c %s -f -n '%s' -a %s -d '%s'%n".formatted(NAME, none, name, help));
            String seen = "__fish_seen_subcommand_from " + name;
            command.getCommandSpec().options().forEach(option -> option(script, seen, option));
            command.getCommandSpec().positionalParameters().forEach(parameter -> choices(script, seen, parameter));
        });
        return script.toString();
    }

    private static void choices(StringBuilder script, String condition, PositionalParamSpec parameter) {
        if (parameter.completionCandidates() != null) {
            script.append("complete -c %s -f -n '%s' -a '%s'%n".formatted(NAME, condition, words(parameter)));
        }
    }

    /** Those of an argument that has some; whatever their case, small letters are understood. */
    private static String words(ArgSpec argument) {
        return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    private static void option(StringBuilder script, String condition, OptionSpec option) {
        script.append("complete -c %s -n '%s'".formatted(NAME, condition));
        for (String name : option.names()) {
            script.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            script.append(" -r");
        }
        if (option.completionCandidates() != null) {
            script.append(" -f -a '").append(words(option)).append('\'');
        }
        script.append(" -d '%s'%n".formatted(first(option.description())));
    }

    /** The first sentence, as it stands between fish's single quotes. */
    private static String first(String[] description) {
        String text = String.join(" ", description)
                .replace("%n", " ")
                .replace("\\", "\\\\")
                .replace("'", "\\'");
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }
}
