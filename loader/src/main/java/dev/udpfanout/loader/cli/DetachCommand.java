package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.lock.NamespaceLock;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.publish.PublishedSlices;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code udp-fanout detach}: removes what a daemon that is dead has left behind. */
@Command(
        name = "detach",
        description = "Detaches every udp-fanout program and restores the routes.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout detach --config /etc/udp-fanout/config.yaml"},
        mixinStandardHelpOptions = true)
final class DetachCommand implements Callable<Integer> {
    @Mixin
    private PinDirectory pins;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration that the daemon had: also delete this node's EndpointSlices of the Services that"
                            + " it publishes. NODE_NAME says which node; the kubeconfig, or the service account, has to allow it.")
    private Path config;

    @Option(
            names = "--force",
            description = "Do so although a daemon runs on this node: it puts everything back, so datagrams are lost.")
    private boolean force;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        Map<ServiceName, Set<Integer>> published = Map.of();
        NodeIdentity node = NodeIdentity.detect();
        if (config != null) {
            Optional<Config> read =
                    ConfigFile.readForAnyMachine(config, spec.commandLine().getErr());
            if (read.isEmpty()) {
                return ExitCode.BAD_INPUT;
            }
            published = published(read.get(), node);
        }
        if (force) {
            return detach(published, node);
        }
        try (NamespaceLock lock = NodeLock.acquire()) {
            return detach(published, node);
        } catch (IllegalStateException e) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "udp-fanout: " + e.getMessage()
                                    + "; stop it first, and it detaches by itself unless on_exit is keep (--force detaches all the same)");
            spec.commandLine().getErr().flush();
            return ExitCode.FAILED;
        }
    }

    private int detach(Map<ServiceName, Set<Integer>> published, NodeIdentity node) {
        PrintWriter out = spec.commandLine().getOut();
        int removed = removeFromKernel();
        int slices = published.isEmpty() ? 0 : deleteSlices(published, node);
        out.println(removed == 0 ? "no leftovers of udp-fanout found" : "removed " + removed + " leftover(s)");
        if (!published.isEmpty()) {
            out.println("EndpointSlices of " + node.nodeName() + " gone: " + slices + " of " + published.size());
        }
        out.flush();
        return slices == published.size() ? ExitCode.OK : ExitCode.FAILED;
    }

    private int removeFromKernel() {
        try (Network network = Network.open()) {
            int removed = Leftovers.remove(network);
            Pins.removeAll(pins.directory);
            return removed;
        }
    }

    /** The ports of the listeners that publish a Service, by Service. */
    private static Map<ServiceName, Set<Integer>> published(Config config, NodeIdentity node) {
        Map<ServiceName, Set<Integer>> ports = new LinkedHashMap<>();
        for (ListenerConfig listener : config.listeners()) {
            listener.publish()
                    .map(target -> node.service(target.namespace(), target.service()))
                    .ifPresent(service -> ports.computeIfAbsent(service, absent -> new TreeSet<>())
                            .add(listener.bind().getPort()));
        }
        return ports;
    }

    private static int deleteSlices(Map<ServiceName, Set<Integer>> published, NodeIdentity node) {
        try (KubernetesClient client = KubernetesClients.connect()) {
            return PublishedSlices.delete(client, published, node.nodeName());
        }
    }
}
