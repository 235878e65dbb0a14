package dev.udpfanout.loader.daemon;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A daemon in a namespace of the lab, in this process. */
final class DaemonRun implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Daemon daemon;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private DaemonRun(ConfigSource config) {
        this.daemon = new Daemon(config, DaemonRun::datapath, "test");
    }

    private static Datapath datapath(Config config) {
        KernelProgram program = KernelProgram.load(KernelProgram.builtIn());
        return new KernelDatapath(config.listeners(), program, Network.open(), Optional.empty());
    }

    /** Starts it, and returns when it is set up. */
    static DaemonRun start(LabNamespace node, String yaml) throws InterruptedException {
        DaemonRun run = new DaemonRun(config(node, yaml));
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

    long repairs(Repair repair) {
        return daemon.repairs().get(repair.label());
    }

    @Override
    public void close() throws Exception {
        daemon.stop();
        ended.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
