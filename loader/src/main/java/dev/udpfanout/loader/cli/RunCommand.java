package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.daemon.ConfigSource;
import dev.udpfanout.loader.daemon.Daemon;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.conntrack.FlowClearingDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.ProgramSize;
import dev.udpfanout.loader.datapath.mode.ModeSelectingDatapath;
import dev.udpfanout.loader.datapath.mode.NodeBackends;
import dev.udpfanout.loader.datapath.userspace.WatchedDrops;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogFormat;
import dev.udpfanout.loader.logging.LogLevel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code udp-fanout run}: the daemon, in the foreground, until SIGTERM or SIGINT. */
@Command(
        name = "run",
        description = "Runs the daemon.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout run --config /etc/udp-fanout/config.yaml --log-format json"},
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private Options options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** What run, and udp-fanout without a subcommand, can be given. */
    static final class Options {
        @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
        Path config;

        @Option(
                names = "--log-level",
                paramLabel = "LEVEL",
                defaultValue = "info",
                description = "error, warn, info, debug or trace; default: ${DEFAULT-VALUE}.")
        LogLevel logLevel;

        @Option(
                names = "--log-format",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text or json; default: ${DEFAULT-VALUE}.")
        LogFormat logFormat;

        @Option(
                names = "--log-timestamps",
                description = "Begin each line of text with the time, in UTC; JSON always has it.")
        boolean logTimestamps;

        @Mixin
        PinDirectory pins;

        @Option(
                names = "--ebpf-program",
                paramLabel = "FILE",
                description = "An object file to load instead of the built-in program.")
        Path ebpfProgram;
    }

    @Override
    public Integer call() {
        if (options.config == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Missing required option: '--config=FILE'");
        }
        return run(options, spec.commandLine().getErr());
    }

    static int run(Options options, PrintWriter err) {
        // First of all: until then, and until the JVM is up, SIGHUP ends the process, as it does with others.
        AtomicReference<ConfigSource> read = new AtomicReference<>();
        ProcessSignal.handle("HUP", () -> reload(Optional.ofNullable(read.get())));
        LogConfigurator.setLevel(options.logLevel);
        LogConfigurator.setFormat(options.logFormat, options.logTimestamps);
        Optional<ConfigSource> source = ConfigFile.open(options.config, err);
        if (source.isEmpty()) {
            return ExitCode.BAD_INPUT;
        }
        read.set(source.get());
        byte[] program = program(options.ebpfProgram);
        WatchedDrops drops = new WatchedDrops();
        Daemon daemon =
                new Daemon(source.get(), config -> opened(config, options, program, drops), drops, UdpFanout.VERSION);
        stopOnSignal(daemon);
        ProcessSignal.handle("USR1", () -> LOG.atWarn()
                .addKeyValue("level", LogConfigurator.nextLevel(options.logLevel))
                .log("changed the log level, as SIGUSR1 asks for"));
        daemon.run();
        return ExitCode.OK;
    }

    /** A start that is refused is one line, the reason: what runs here is told when it does. */
    private static Datapath opened(Config config, Options options, byte[] program, WatchedDrops drops) {
        ProgramSize size = config.services().isPresent() ? ProgramSize.MANY : ProgramSize.FEW;
        NodeBackends backends =
                new NodeBackends(program, options.pins.directory, config.flows(), config.netflow(), size, drops);
        Datapath datapath =
                new FlowClearingDatapath(config.listeners(), new ModeSelectingDatapath(config.listeners(), backends));
        StartLog.write(config, options.config, options.pins.directory, datapath);
        return datapath;
    }

    private static void reload(Optional<ConfigSource> source) {
        LOG.info("reading the configuration file again, as SIGHUP asks for");
        try {
            source.ifPresent(ConfigSource::readAgain);
        } catch (UncheckedIOException e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("failed to reload; all stays as it is");
        }
    }

    private static byte[] program(Path file) {
        try {
            return file == null ? KernelProgram.builtIn() : KernelProgram.fromFile(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--ebpf-program: cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** SIGTERM and SIGINT: the process ends when everything has been taken back, or after the time-out. */
    private static void stopOnSignal(Daemon daemon) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            daemon.stop();
            try {
                daemon.awaitFinished(daemon.stopTimeout());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
