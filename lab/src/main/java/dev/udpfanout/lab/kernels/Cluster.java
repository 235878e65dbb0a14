package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.lab.traffic.LinkCounters;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A client, a node and three pods, of both families; the daemon is to be started on the node. */
final class Cluster implements AutoCloseable {
    static final int PODS = 3;
    static final long DATAGRAMS = 3_000;
    static final String VLAN_INTERFACE = "eth0.7";
    static final String VLAN_NODE = "192.168.7.1";
    static final String VLAN_CLIENT = "192.168.7.10";
    static final String VLAN_NODE6 = "2001:db8:7::1";
    static final String VLAN_CLIENT6 = "2001:db8:7::10";

    static final String POD_VLAN_CLIENT = "192.168.1.20";
    static final String POD_VLAN_CLIENT6 = "2001:db8:1::20";

    private static final String POD_VLAN = "10.99.0.";
    private static final String POD_VLAN6 = "2001:db8:99::";
    private static final int POD_PORT = 40514;
    private static final int MIRROR_PORT = 40515;
    private static final int PER_SECOND = 1_000;
    private static final int SOCKETS = 30;
    private static final int QUESTIONS_A_SOCKET = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration SEND_LIMIT = Duration.ofSeconds(60);
    private static final Duration LAST_DATAGRAMS_LIMIT = Duration.ofSeconds(10);

    private final Topology topology =
            Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();

    Topology topology() {
        return topology;
    }

    /** The listener as an item of the daemon's configuration, with all pods as its endpoints. */
    String yaml(Listener listener) {
        return listener.yaml(pods(listener, POD_PORT), pods(listener, MIRROR_PORT));
    }

    private List<InetSocketAddress> pods(Listener listener, int port) {
        if (listener.way().leadsToVlan()) {
            return IntStream.rangeClosed(1, PODS)
                    .mapToObj(pod -> (listener.ipv6() ? POD_VLAN6 : POD_VLAN) + (10 + pod))
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
        }
        return listener.ipv6() ? topology.podEndpoints6(port) : topology.podEndpoints(port);
    }

    /** Has kube-proxy's rules send the VIP's datagrams to a listener on dummy0. */
    void leadVipTo(Listener listener) {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        listener.destination(), ExternalTrafficPolicy.LOCAL, List.of(listener.bind())));
    }

    /** Gives client and node a VLAN beside the network that they share. */
    void addVlan() {
        addVlan(topology.client(), "eth0", 7, VLAN_CLIENT, VLAN_CLIENT6);
        addVlan(topology.node(), "eth0", 7, VLAN_NODE, VLAN_NODE6);
    }

    /**
     * Gives node and pods a VLAN beside the network that they share, and the client an address to which pods answer by
     * that VLAN.
     */
    void addPodVlan() {
        LabNamespace client = topology.client();
        client.exec("ip", "address", "add", POD_VLAN_CLIENT + "/24", "dev", "eth0");
        client.exec("ip", "address", "add", POD_VLAN_CLIENT6 + "/64", "dev", "eth0", "nodad");
        addVlan(topology.node(), "cni0", 8, POD_VLAN + 1, POD_VLAN6 + 1);
        for (int pod = 1; pod <= PODS; pod++) {
            LabNamespace namespace = topology.pod(pod);
            addVlan(namespace, "eth0", 8, POD_VLAN + (10 + pod), POD_VLAN6 + (10 + pod));
            namespace.exec("ip", "route", "add", POD_VLAN_CLIENT, "via", POD_VLAN + 1);
            namespace.exec("ip", "-6", "route", "add", POD_VLAN_CLIENT6, "via", POD_VLAN6 + 1);
        }
    }

    private static void addVlan(LabNamespace namespace, String link, int id, String address, String address6) {
        String name = link + "." + id;
        namespace.exec("ip", "link", "add", "link", link, "name", name, "type", "vlan", "id", "" + id);
        namespace.exec("ip", "address", "add", address + "/24", "dev", name);
        namespace.exec("ip", "address", "add", address6 + "/64", "dev", name, "nodad");
        namespace.exec("ip", "link", "set", name, "up");
    }

    /** Starts to receive at the pods, and sends from one socket of the client; what arrived, by pod. */
    List<Long> send(Listener listener) {
        return send(listener, plan(listener));
    }

    /** As {@link #send}, in datagrams that are cut into fragments on their way: a tenth as many. */
    List<Long> sendFragmented(Listener listener) {
        return send(
                listener,
                plan(listener).payloadBytes(4_000).datagrams(DATAGRAMS / 10).perSecond(PER_SECOND / 10));
    }

    private static SendPlan plan(Listener listener) {
        return SendPlan.to(listener.destination())
                .datagrams(DATAGRAMS)
                .payloadBytes(200)
                .perSecond(PER_SECOND)
                .within(SEND_LIMIT);
    }

    private List<Long> send(Listener listener, SendPlan plan) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), listener.source());
                PodReceivers receivers =
                        PodReceivers.start(topology.pods(), POD_PORT, listener.family(), sender.runId())) {
            receivers.awaitReceived(sender.send(plan).sent(), LAST_DATAGRAMS_LIMIT);
            return intact(receivers);
        }
    }

    /**
     * As {@link #send}, to a listener with a mirror: what arrived there, by pod; and the datagrams themselves have
     * arrived.
     */
    List<Long> sendToMirror(Listener listener) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), listener.source());
                PodReceivers receivers =
                        PodReceivers.start(topology.pods(), POD_PORT, listener.family(), sender.runId());
                PodReceivers copies =
                        PodReceivers.start(topology.pods(), MIRROR_PORT, listener.family(), sender.runId())) {
            long sent = sender.send(plan(listener)).sent();
            receivers.awaitReceived(sent, LAST_DATAGRAMS_LIMIT);
            copies.awaitReceived(sent, LAST_DATAGRAMS_LIMIT);
            List<Long> originals = intact(receivers);
            if (!Outcome.ofSpread(originals, DATAGRAMS, "").passed()) {
                throw new IllegalStateException("of the datagrams themselves arrived, by pod " + originals);
            }
            return intact(copies);
        }
    }

    private static List<Long> intact(PodReceivers receivers) {
        return receivers.stop().stream().map(Cluster::intact).toList();
    }

    private static long intact(ReceiverReport report) {
        return report.received() - report.corrupt() - report.foreign() - report.duplicates();
    }

    /** Starts a server on each pod, and asks it by way of a listener, from many sockets. */
    Outcome ask(Listener listener, String detail) {
        List<EchoResponder> responders = topology.pods().stream()
                .map(pod -> EchoResponder.start(pod, POD_PORT))
                .toList();
        long answered = EchoClient.ask(
                topology.client(), listener.source(), listener.destination(), SOCKETS, QUESTIONS_A_SOCKET, PATIENCE);
        responders.forEach(EchoResponder::close);
        List<Long> byPod = responders.stream().map(EchoResponder::answered).toList();
        boolean all = answered == SOCKETS * QUESTIONS_A_SOCKET;
        boolean byEach = byPod.stream().allMatch(count -> count > 0);
        return new Outcome(
                all && byEach,
                "%d of %d questions answered from where they were asked, by pod %s%s"
                        .formatted(answered, SOCKETS * QUESTIONS_A_SOCKET, byPod, detail));
    }

    /** How many packets have gone out by the node's ends of the pods' veths. */
    long sentByVeths() {
        return IntStream.rangeClosed(1, PODS)
                .mapToLong(pod -> LinkCounters.of(topology.node(), "veth" + pod).sentPackets())
                .sum();
    }

    @Override
    public void close() {
        topology.close();
    }
}
