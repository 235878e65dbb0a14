package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.LinkCounters;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A client, a node and three pods of one family, and the daemon to be started on the node. */
final class Cluster implements AutoCloseable {
    static final int PODS = 3;
    static final long DATAGRAMS = 3_000;

    private static final int PER_SECOND = 1_000;
    private static final int POD_PORT = 40514;
    private static final int PORT = 5514;
    static final Duration START_LIMIT = Duration.ofSeconds(240);
    private static final Duration LAST_DATAGRAMS_LIMIT = Duration.ofSeconds(10);

    private final boolean ipv6;
    private final Topology topology;

    Cluster(boolean ipv6) {
        this.ipv6 = ipv6;
        this.topology =
                Topology.builder().pods(PODS).ipv6(ipv6).verifyChecksums(true).build();
    }

    Topology topology() {
        return topology;
    }

    private InetSocketAddress dummy() {
        return new InetSocketAddress(ipv6 ? "fd00:255::1" : "10.255.0.1", PORT);
    }

    private InetSocketAddress vip() {
        return new InetSocketAddress(ipv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, PORT);
    }

    private InetSocketAddress node() {
        return new InetSocketAddress(ipv6 ? TopologyPlan.NODE_ADDRESS6 : TopologyPlan.NODE_ADDRESS, PORT);
    }

    /** Has kube-proxy's rules send the VIP's datagrams to dummy0's address. */
    void leadVipToDummy() {
        new KubeProxy(topology).load(KubeProxyRules.labService(vip(), ExternalTrafficPolicy.LOCAL, List.of(dummy())));
    }

    /** Starts the daemon with one listener, and returns when it is ready. */
    LabProcess start(Path daemon, WayIn way, String top) throws IOException {
        LabProcess process = launch(List.of(daemon.toString()), way, top);
        process.awaitLine("ready listeners=", START_LIMIT);
        return process;
    }

    /** Starts a command that becomes the daemon, with one listener, and does not wait. */
    LabProcess launch(List<String> daemon, WayIn way, String top) throws IOException {
        List<InetSocketAddress> pods = ipv6 ? topology.podEndpoints6(POD_PORT) : topology.podEndpoints(POD_PORT);
        StringBuilder yaml =
                new StringBuilder(top).append("\nmetrics: { enabled: false }\nhealth: { enabled: false }\n");
        yaml.append("listeners:\n  - { name: syslog, bind: \"%s\", %s, downstream: ["
                .formatted(text(way.isOnDummy() ? dummy() : node()), way.yaml()));
        pods.forEach(pod -> yaml.append(" { address: \"").append(text(pod)).append("\" },"));
        yaml.append(" ] }\n");
        Path config = Files.createTempFile("udp-fanout-kernels-", ".yaml");
        Files.writeString(config, yaml);
        List<String> command = new ArrayList<>(daemon);
        command.addAll(List.of("run", "--config", config.toString(), "--pin-dir"));
        command.add(topology.pinDirectory().toString());
        return topology.node()
                .start(Map.of(), line -> System.out.println("    " + line), command.toArray(String[]::new));
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Starts to receive at the pods, and sends from one socket of the client; what arrived, by pod. */
    List<Long> send(WayIn way) {
        try (DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
                PodReceivers receivers = PodReceivers.start(
                        topology.pods(),
                        POD_PORT,
                        ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET,
                        sender.runId())) {
            long sent = sender.send(
                            SendPlan.to(way.isOnDummy() ? vip() : node())
                                    .datagrams(DATAGRAMS)
                                    .payloadBytes(200)
                                    .perSecond(PER_SECOND)
                                    .within(Duration.ofSeconds(60)),
                            each -> {})
                    .sent();
            receivers.awaitReceived(sent, LAST_DATAGRAMS_LIMIT);
            return receivers.stop().stream()
                    .map(report -> report.received() - report.corrupt() - report.foreign() - report.duplicates())
                    .toList();
        }
    }

    /** How many packets have gone out by the node's ends of the pods' veths. */
    long sentByVeths() {
        return IntStream.rangeClosed(1, PODS)
                .mapToLong(pod -> LinkCounters.of(topology.node(), "veth" + pod).sentPackets())
                .sum();
    }

    /** Whether all that is sent came, and each pod has its share, give or take one a CPU. */
    static Outcome judged(List<Long> byPod, String more) {
        long sum = byPod.stream().mapToLong(Long::longValue).sum();
        long share = DATAGRAMS / PODS;
        int tolerance = Runtime.getRuntime().availableProcessors();
        boolean even = byPod.stream().allMatch(count -> Math.abs(count - share) <= tolerance);
        return new Outcome(sum == DATAGRAMS && even, sum + " of " + DATAGRAMS + " arrived, by pod " + byPod + more);
    }

    @Override
    public void close() {
        topology.close();
    }
}
