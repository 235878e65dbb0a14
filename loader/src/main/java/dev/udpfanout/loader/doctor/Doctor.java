package dev.udpfanout.loader.doctor;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.attach.ProgramCheck;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks.Place;
import dev.udpfanout.loader.doctor.daemon.BpffsCheck;
import dev.udpfanout.loader.doctor.daemon.DaemonCheck;
import dev.udpfanout.loader.doctor.daemon.LeaseCheck;
import dev.udpfanout.loader.doctor.daemon.MemoryLockCheck;
import dev.udpfanout.loader.doctor.daemon.ModeCheck;
import dev.udpfanout.loader.doctor.daemon.ReadyCheck;
import dev.udpfanout.loader.doctor.diagnosis.Causes;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.firewall.FirewallChecks;
import dev.udpfanout.loader.doctor.firewall.KubeProxyRuleCheck;
import dev.udpfanout.loader.doctor.kubernetes.KubernetesChecks;
import dev.udpfanout.loader.doctor.kubernetes.KubernetesChecks.Published;
import dev.udpfanout.loader.doctor.kubernetes.ServiceChecks;
import dev.udpfanout.loader.doctor.kubernetes.ServiceProxyChecks;
import dev.udpfanout.loader.doctor.network.BridgeNetfilterCheck;
import dev.udpfanout.loader.doctor.network.ForwardingChecks;
import dev.udpfanout.loader.doctor.network.InterfaceCheck;
import dev.udpfanout.loader.doctor.network.VrfCheck;
import dev.udpfanout.loader.doctor.network.XdpCheck;
import dev.udpfanout.loader.doctor.way.EndpointAnswerCheck;
import dev.udpfanout.loader.doctor.way.EndpointMtuCheck;
import dev.udpfanout.loader.doctor.way.EndpointRouteCheck;
import dev.udpfanout.loader.doctor.way.ListenerRouteCheck;
import dev.udpfanout.loader.doctor.way.TestDatagramCheck;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.trace.ListenerNames;
import dev.udpfanout.loader.trace.SocketOwners;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Walks the way of a listener's datagrams from the sender's VIP to the receivers' sockets, and checks each step for
 * real: the kernel is asked what it will do. Facts are gathered once; each check says which of them it needs. Changes
 * nothing; what it sends is said in {@link dev.udpfanout.loader.doctor.facts.ReceiverAnswers} and
 * {@link TestDatagramCheck}.
 */
public final class Doctor {
    /** What is the same for all listeners that ask. */
    private static final Set<String> OF_NODE = Set.of("api_server");

    private final Node node;

    /**
     * Where to look.
     *
     * @param proc where proc(5) is: its network is that of the calling process
     * @param pinDirectory where the daemon pins
     * @param client asked for what listeners name in Kubernetes; the caller's to close
     * @param identity whose namespace stands for one that the configuration leaves out
     * @param daemon the process that holds the node's lock, which a daemon has, 0 if it cannot be told; empty if none
     * @param version of this program
     */
    public record Node(
            Path proc,
            Path pinDirectory,
            KubernetesClient client,
            NodeIdentity identity,
            Optional<Integer> daemon,
            String version) {}

    public Doctor(Node node) {
        this.node = node;
    }

    /**
     * What came of every check, in the order of a datagram's way, without what only follows from something else.
     *
     * @param listenerNames the listeners to look at; all if empty
     */
    public List<Diagnosis> examine(Config config, Set<String> listenerNames) {
        DaemonStatus daemon = DaemonStatus.ask(config.metrics(), node.daemon().isPresent());
        List<ServedListener> listeners = config.listeners().stream()
                .filter(each -> listenerNames.isEmpty() || listenerNames.contains(each.name()))
                .map(each -> ServedListener.of(each, daemon))
                .toList();
        NodeFiles files = new NodeFiles(node.proc());
        KubernetesChecks kubernetes = new KubernetesChecks(node.client(), node.identity());
        List<Diagnosis> ofListeners = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        try (Network network = Network.open()) {
            NodeNetwork tables = new NodeNetwork(network);
            for (ServedListener listener : listeners) {
                ofListener(listener, kubernetes, files, network, tables, moved).stream()
                        .map(each -> OF_NODE.contains(each.check()) ? each : each.of(listener.name()))
                        .forEach(ofListeners::add);
            }
        }
        List<Diagnosis> found = new ArrayList<>(ofDaemon(listeners, daemon, ofListeners));
        found.addAll(ofListeners);
        found.addAll(ofNode(listeners, files, moved));
        kubernetes.ofNode(listeners).forEach(found::add);
        List<Diagnosis> causes = new ArrayList<>(Causes.only(found));
        Causes.removeExplained(causes, TestDatagramCheck.CHECK);
        ReadyCheck.of(daemon, causes).ifPresent(causes::add);
        return causes.stream().distinct().toList();
    }

    private List<Diagnosis> ofDaemon(List<ServedListener> listeners, DaemonStatus daemon, List<Diagnosis> ofListeners) {
        List<Diagnosis> found = new ArrayList<>(
                DaemonCheck.of(daemon, node.version(), ProgramCheck.areAttached(listeners, ofListeners)));
        if (listeners.stream().anyMatch(listener -> !listener.isUserspace())) {
            found.add(BpffsCheck.of(node.pinDirectory()));
            found.add(MemoryLockCheck.of(node.proc(), node.daemon().filter(pid -> pid > 0)));
        }
        LeaseCheck.of(node.pinDirectory(), daemon.isRunning()).ifPresent(found::add);
        found.addAll(ModeCheck.of(listeners, daemon, node.pinDirectory()));
        return found;
    }

    /**
     * From the Service, by the NIC, kube-proxy, routes and programs, to the receivers.
     *
     * @param moved gets the rules of packet filters that have counted test datagrams
     */
    private List<Diagnosis> ofListener(
            ServedListener listener,
            KubernetesChecks kubernetes,
            NodeFiles files,
            Network network,
            NodeNetwork tables,
            List<String> moved) {
        ListenerConfig config = listener.config();
        Published published = kubernetes.published(config);
        Set<InetSocketAddress> vips = published
                .service()
                .map(service -> ServiceChecks.vips(service, config))
                .orElse(Set.of());
        List<InetAddress> addresses =
                vips.stream().map(InetSocketAddress::getAddress).toList();
        List<Diagnosis> found = new ArrayList<>(kubernetes.ofService(config, published));
        found.addAll(InterfaceCheck.of(listener, tables));
        XdpCheck.of(incoming(listener, tables, addresses), tables.links()).ifPresent(found::add);
        VrfCheck.of(incoming(listener, tables, addresses), tables.links(), listener.isUserspace(), files)
                .ifPresent(found::add);
        if (listener.isOnDummy() && published.service().isPresent()) {
            boolean hasOtherProxy =
                    new ServiceProxyChecks(files).of(List.of(config)).isPresent();
            found.addAll(new KubeProxyRuleCheck().of(vips, hasOtherProxy));
            Set<Place> places = vips.stream()
                    .map(vip -> new Place(vip.getAddress(), vip.getPort()))
                    .collect(Collectors.toSet());
            found.add(new ConnectionTrackingChecks(files)
                    .stale(places, place -> config.takes(new InetSocketAddress(place.address(), place.port()))));
        }
        found.addAll(new ListenerRouteCheck(network, tables).of(listener, addresses));
        found.addAll(new ProgramCheck(network, tables, pins()).of(listener, vips));
        found.addAll(kubernetes.ofReceivers(listener));
        found.addAll(new EndpointRouteCheck(network, tables).of(listener, addresses));
        new EndpointMtuCheck(network, tables).of(listener, addresses).ifPresent(found::add);
        found.addAll(new EndpointAnswerCheck(network, tables).of(listener));
        new TestDatagramCheck(
                        network, tables, new ListenerNames(node.pinDirectory())::of, SocketOwners.ofNode(node.daemon()))
                .of(listener, vips)
                .ifPresent(answer -> {
                    found.add(answer.diagnosis());
                    moved.addAll(answer.moved());
                });
        return found;
    }

    /** By which interfaces senders' datagrams come: the listener's own, and those that lead to it. */
    private static List<Link> incoming(ServedListener listener, NodeNetwork tables, List<InetAddress> vips) {
        boolean isByStack = listener.isOnDummy() || listener.isUserspace();
        return isByStack
                ? tables.uplinks(listener.isIpv6(), vips)
                : listener.config().interfaces().stream()
                        .flatMap(name -> tables.link(name).stream())
                        .toList();
    }

    private List<Diagnosis> ofNode(List<ServedListener> listeners, NodeFiles files, List<String> moved) {
        List<Diagnosis> found = new ArrayList<>();
        new ServiceProxyChecks(files)
                .of(listeners.stream().map(ServedListener::config).toList())
                .ifPresent(found::add);
        found.addAll(new ForwardingChecks(files).of(listeners));
        BridgeNetfilterCheck.of(listeners, files).ifPresent(found::add);
        found.addAll(new FirewallChecks().of(listeners, moved));
        if (listeners.stream().anyMatch(ServedListener::isOnDummy)) {
            found.add(new ConnectionTrackingChecks(files).room());
        }
        return found;
    }

    private Optional<Pins> pins() {
        return Pins.existing(node.pinDirectory());
    }
}
