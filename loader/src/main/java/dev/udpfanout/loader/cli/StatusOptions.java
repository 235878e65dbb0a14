package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.cli.status.StatusSource;
import java.net.URL;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the daemon's status is read: for all commands that do. */
final class StatusOptions {
    @Option(
            names = "--metrics",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:9090",
            description = "The daemon's metrics.bind; default: ${DEFAULT-VALUE}.")
    private String metrics;

    @Mixin
    private PinDirectory pins;

    /**
     * The daemon, or what it has pinned.
     *
     * @throws CommandLine.ParameterException if --metrics is no address with a port
     */
    StatusSource source(CommandLine commandLine) {
        return new StatusSource(metrics, StatusSource.url(metrics, commandLine), pins.directory);
    }

    /** The daemon's page of its status; throws as above. */
    URL url(CommandLine commandLine) {
        return StatusSource.url(metrics, commandLine);
    }

    /** Where it has its pins. */
    Path pinDirectory() {
        return pins.directory;
    }
}
