package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.lab.traffic.SendReport;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Sends from one socket of the client to the VIP and collects what the pods get. */
final class TrafficPhase {
    /** The port at which the pods receive. */
    static final int POD_PORT = 40514;

    private static final int PAYLOAD_BYTES = 256;
    private static final Duration LAST_DATAGRAMS_LIMIT = Duration.ofSeconds(2);

    private final Topology topology;
    private final DemoOptions options;
    private final PrintStream out;

    TrafficPhase(Topology topology, DemoOptions options, PrintStream out) {
        this.topology = topology;
        this.options = options;
        this.out = out;
    }

    PhaseResult run(String title, InetSocketAddress vip) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers receivers = PodReceivers.start(topology.pods(), POD_PORT, sender.runId())) {
            SendPlan plan = SendPlan.to(vip)
                    .datagrams(options.datagrams())
                    .payloadBytes(PAYLOAD_BYTES)
                    .perSecond(options.perSecond())
                    .within(Duration.ofSeconds(10 + 2 * options.datagrams() / options.perSecond()));
            boolean terminal = System.console() != null && System.console().isTerminal();
            ProgressLine progress = new ProgressLine(out, terminal, options.datagrams(), System.nanoTime());
            SendReport report =
                    sender.send(plan, sent -> progress.update(sent, receivers.received(), System.nanoTime()));
            receivers.awaitReceived(report.sent(), LAST_DATAGRAMS_LIMIT);
            progress.finish(report.sent(), receivers.received());
            return new PhaseResult(title, report, receivers.stop());
        }
    }
}
