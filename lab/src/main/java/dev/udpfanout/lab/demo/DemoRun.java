package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The demo's two phases on one topology: first what people have today, then the same traffic with udp-fanout. */
final class DemoRun {
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    private static final InetSocketAddress LISTENER = new InetSocketAddress("10.255.0.1", 5514);
    private static final Duration DAEMON_START_LIMIT = Duration.ofSeconds(30);

    private final DemoOptions options;
    private final PrintStream out;

    DemoRun(DemoOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs both phases and prints the table; whether udp-fanout did what it promises. */
    Verdict run() {
        Bpffs.ensure();
        try (Topology topology =
                Topology.builder().pods(options.pods()).verifyChecksums(true).build()) {
            out.println("Lab: client " + TopologyPlan.CLIENT_ADDRESS + " -> node " + TopologyPlan.NODE_ADDRESS
                    + " -> cni0 -> " + options.pods() + " pods; the VIP is " + PhaseResult.text(VIP) + ", UDP");
            PhaseResult baseline = baseline(topology);
            PhaseResult fanOut = fanOut(topology);
            int cpus = OnlineCpus.count();
            out.println();
            out.print(ResultTable.render(List.of(baseline, fanOut), cpus));
            out.println();
            return Verdict.of(fanOut, cpus);
        }
    }

    private PhaseResult baseline(Topology topology) {
        out.println();
        out.println("1. kube-proxy alone: the pods are the Service's endpoints, one client socket sends");
        load(topology, topology.podEndpoints(TrafficPhase.POD_PORT));
        return new TrafficPhase(topology, options, out).run("kube-proxy alone", VIP);
    }

    private PhaseResult fanOut(Topology topology) {
        out.println();
        out.println("2. udp-fanout: the Service's endpoint is " + PhaseResult.text(LISTENER) + " on dummy0");
        load(topology, List.of(LISTENER));
        try (LabProcess daemon = startDaemon(topology)) {
            daemon.awaitLine("attached TC eBPF program to ingress", DAEMON_START_LIMIT);
            daemon.awaitLine("updated tc_ebpf downstream set", DAEMON_START_LIMIT);
            // Attached is not yet steered: what is sent in between is delivered to the node itself, and lost.
            daemon.awaitLine("ready listeners=", DAEMON_START_LIMIT);
            return new TrafficPhase(topology, options, out).run("udp-fanout", VIP);
        }
    }

    private static void load(Topology topology, List<InetSocketAddress> endpoints) {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, endpoints));
    }

    private LabProcess startDaemon(Topology topology) {
        Path config = writeConfig(topology);
        return topology.node()
                .start(
                        Map.of(),
                        line -> out.println("    " + line),
                        options.daemon().toAbsolutePath().toString(),
                        "run",
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
    }

    private static Path writeConfig(Topology topology) {
        try {
            Path config = Files.createTempFile("udp-fanout-demo-", ".yaml");
            topology.node().<AutoCloseable>closedWithTopology(() -> Files.deleteIfExists(config));
            return Files.writeString(config, DaemonConfig.yaml(LISTENER, topology.podEndpoints(TrafficPhase.POD_PORT)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
