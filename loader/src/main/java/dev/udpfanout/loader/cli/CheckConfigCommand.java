package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout check-config}: says what is wrong with a file, and touches nothing. */
@Command(
        name = "check-config",
        description = "Checks a configuration file and prints every problem in it.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout check-config --config config.yaml"},
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration, in YAML.")
    private Path config;

    @Option(
            names = "--any-machine",
            description = "The file is for another machine: do not check that its interfaces exist here.")
    private boolean anyMachine;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Config> read = anyMachine ? ConfigFile.readForAnyMachine(config, err) : ConfigFile.read(config, err);
        if (read.isEmpty()) {
            return ExitCode.BAD_INPUT;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(config + ": valid, " + read.get().listeners().size() + " listener(s)");
        out.flush();
        return ExitCode.OK;
    }
}
