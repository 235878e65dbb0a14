package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.lab.kubeproxy.ServicePortName;
import dev.udpfanout.lab.traffic.PathSocket;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Builds one network, and compares all ways in there. */
final class NetworkRun implements AutoCloseable {
    private static final int FLOWS = 4;
    private static final int PER_FLOW = 3;

    private final Network network;
    private final Ground ground;
    private final List<Load> loads;
    private final Path daemon;
    private final Consumer<String> log;
    private final Arrivals arrivals = new Arrivals(Sender.RUN_ID);
    private final Map<Origin, Sender> senders = new EnumMap<>(Origin.class);

    private final Map<Case, Count> alone = new HashMap<>();

    private record Case(Origin origin, Spread spread, Load load) {}

    /** @throws Network.NotOnThisKernelException if the kernel lacks what it needs; nothing is left behind */
    NetworkRun(Network network, List<Load> loads, Path daemon, Consumer<String> log) {
        this.network = network;
        this.loads = loads;
        this.daemon = daemon;
        this.log = log;
        this.ground = new Ground();
        try {
            network.build().accept(ground);
            ground.receivers().forEach(pod -> PodReceiver.start(pod, arrivals));
            for (Origin origin : network.origins()) {
                senders.put(origin, new Sender(ground.namespace(origin), ground.address(origin, network.ipv6())));
            }
        } catch (RuntimeException e) {
            ground.close();
            throw e;
        }
    }

    /** Sends the load with kube-proxy's rules alone: what the ways in are compared with. */
    void runAlone() {
        alone.putAll(alone());
    }

    /** Sends the load by a way in; {@link #runAlone} must have been called. */
    List<Cell> compare(Way way) {
        List<Cell> cells = new ArrayList<>();
        fanOut(way)
                .forEach((of, count) -> cells.add(
                        new Cell(network.name(), of.origin(), way, of.spread(), of.load(), alone.get(of), count)));
        return cells;
    }

    private Map<Case, Count> alone() {
        lead(spread -> FanOut.endpoints(ground, network, spread), true);
        Map<Case, Count> counts = new LinkedHashMap<>();
        for (Spread spread : Spread.values()) {
            InetSocketAddress vip = new InetSocketAddress(Ground.vip(network.ipv6()), spread.port());
            for (Origin origin : network.origins()) {
                List<PathSocket> none = List.of();
                run(origin, spread, vip, Copies.ONE, false, none, counts);
            }
        }
        return counts;
    }

    private Map<Case, Count> fanOut(Way way) {
        Map<Spread, List<PathSocket>> before = network.trackedBefore() ? sendBefore(way) : Map.of();
        if (way.isByDummy()) {
            lead(spread -> List.of(FanOut.bind(ground, network.ipv6(), way, spread)), !network.trackedBefore());
        } else {
            lead(spread -> FanOut.endpoints(ground, network, spread), !network.trackedBefore());
        }
        Map<Case, Count> counts = new LinkedHashMap<>();
        try (FanOut running = FanOut.start(daemon, ground, network, way, log)) {
            for (Spread spread : Spread.of(way)) {
                InetSocketAddress to = destination(way, spread);
                int endpoints = FanOut.endpoints(ground, network, spread).size();
                for (Origin origin : network.origins()) {
                    Copies copies = Copies.by(way, spread, origin, endpoints);
                    run(origin, spread, to, copies, true, before.getOrDefault(spread, List.of()), counts);
                }
            }
        }
        return counts;
    }

    private InetSocketAddress destination(Way way, Spread spread) {
        return way == Way.NIC
                ? FanOut.bind(ground, network.ipv6(), way, spread)
                : new InetSocketAddress(Ground.vip(network.ipv6()), spread.port());
    }

    private void run(
            Origin origin,
            Spread spread,
            InetSocketAddress to,
            Copies copies,
            boolean fanOut,
            List<PathSocket> opened,
            Map<Case, Count> counts) {
        Sender sender = senders.get(origin);
        for (Load load : loads) {
            CellRun.Plan plan = new CellRun.Plan(
                    load,
                    to,
                    PER_FLOW,
                    network.copies(copies, origin, load),
                    spread == Spread.REPLIES,
                    network.fits(load),
                    fanOut);
            List<PathSocket> flows = opened.isEmpty() ? sender.open(FLOWS) : opened;
            counts.put(new Case(origin, spread, load), CellRun.run(sender, flows, arrivals, plan));
            if (opened.isEmpty()) {
                flows.forEach(PathSocket::close);
            }
        }
        arrivals.clear();
    }

    /** Has senders send to an address that nobody has yet, so that the node tracks them as they are. */
    private Map<Spread, List<PathSocket>> sendBefore(Way way) {
        ground.nodes().forEach(node -> {
            node.exec("iptables", "-t", "nat", "-F");
            new KubeProxy(node).flushConnections();
        });
        Map<Spread, List<PathSocket>> flows = new EnumMap<>(Spread.class);
        Sender sender = senders.get(Origin.CLIENT);
        for (Spread spread : Spread.of(way)) {
            List<PathSocket> sockets = sender.open(FLOWS);
            sockets.forEach(ground.client()::closedWithTopology);
            sockets.forEach(socket ->
                    socket.send(Payload.of(Sender.RUN_ID, Sender.nextSequence(), 200), destination(way, spread)));
            flows.put(spread, sockets);
        }
        return flows;
    }

    /** Puts kube-proxy's rules in force on both nodes: a port of the VIP for each policy. */
    private void lead(Function<Spread, List<InetSocketAddress>> endpoints, boolean forget) {
        List<KubeProxyRules> rules = Arrays.stream(Spread.values())
                .map(spread -> rules(spread, endpoints.apply(spread)))
                .toList();
        for (int node = 1; node <= Ground.NODES; node++) {
            KubeProxy kubeProxy = network.firewall().kubeProxy(ground.node(node));
            kubeProxy.replaceRules(rules);
            network.firewall().apply(ground.node(node));
            if (forget) {
                kubeProxy.flushConnections();
            }
        }
    }

    /** With receivers on another node as externalTrafficPolicy Cluster has them: by node 1, and masqueraded. */
    private KubeProxyRules rules(Spread spread, List<InetSocketAddress> endpoints) {
        boolean isOwn = endpoints.stream().noneMatch(endpoint -> ground.endpoints(2, network.ipv6(), endpoint.getPort())
                .contains(endpoint));
        return new KubeProxyRules(
                new ServicePortName("logging", "syslog", spread.label()),
                new InetSocketAddress(Ground.vip(network.ipv6()), spread.port()),
                Ground.clusterIp(network.ipv6()),
                30_000 + spread.port(),
                network.ipv6() ? Ground.POD_RANGE6 : Ground.POD_RANGE,
                isOwn ? ExternalTrafficPolicy.LOCAL : ExternalTrafficPolicy.CLUSTER,
                ServiceEndpoints.allLocal(endpoints));
    }

    @Override
    public void close() {
        ground.close();
    }
}
