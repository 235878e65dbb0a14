package dev.udpfanout.loader.daemon;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A daemon in a namespace of the lab, in this process. */
public final class DaemonRun implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Daemon daemon;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private DaemonRun(ConfigSource config, Optional<Path> pinDirectory) {
        this.daemon = new Daemon(
                config, read -> datapath(read, pinDirectory.flatMap(Pins::open)), UserspaceDrops.NONE, "test");
    }

    private static Datapath datapath(Config config, Optional<Pins> pins) {
        KernelProgram program = KernelProgram.load(KernelProgram.builtIn(), pins);
        return new KernelDatapath(config.listeners(), config.netflow(), program, Network.open(), pins);
    }

    /** Starts it, and returns when it is set up. */
    public static DaemonRun start(LabNamespace node, String yaml) throws InterruptedException {
        return start(node, yaml, Optional.empty());
    }

    /** As above, with maps and links pinned. */
    static DaemonRun start(LabNamespace node, String yaml, Optional<Path> pinDirectory) throws InterruptedException {
        DaemonRun run = new DaemonRun(config(node, yaml), pinDirectory);
        node.thread("daemon", () -> {
                    try {
                        run.daemon.run();
                        run.ended.complete(null);
                    } catch (RuntimeException e) {
                        run.ended.completeExceptionally(e);
                    }
                })
                .start();
        node.closedWithTopology(run);
        if (!run.daemon.awaitRunning(LIMIT)) {
            throw new IllegalStateException("the daemon is not set up after " + LIMIT);
        }
        if (run.ended.isCompletedExceptionally()) {
            run.ended.join();
        }
        return run;
    }

    private static ConfigSource config(LabNamespace node, String yaml) {
        return node.call(() -> {
            Path file = Files.createTempFile("udp-fanout-test", ".yaml");
            try (Network network = Network.open()) {
                Files.writeString(file, "metrics: { enabled: false }\n" + yaml);
                return ConfigSource.open(
                        file,
                        new ConfigReader(name -> network.links().byName(name).isPresent()));
            } catch (InvalidConfigException e) {
                throw new IllegalArgumentException(e);
            } finally {
                file.toFile().deleteOnExit();
            }
        });
    }

    /** Those that there were, by label. */
    Map<String, Long> repairs() {
        return daemon.repairs().entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    long repairs(Repair repair) {
        return daemon.repairs().get(repair.label());
    }

    @Override
    public void close() throws Exception {
        daemon.stop();
        ended.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
