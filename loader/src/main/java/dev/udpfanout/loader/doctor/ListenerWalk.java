package dev.udpfanout.loader.doctor;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.attach.ProgramCheck;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks.Place;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.firewall.KubeProxyRuleCheck;
import dev.udpfanout.loader.doctor.kubernetes.KubernetesChecks;
import dev.udpfanout.loader.doctor.kubernetes.KubernetesChecks.Published;
import dev.udpfanout.loader.doctor.kubernetes.ServiceChecks;
import dev.udpfanout.loader.doctor.kubernetes.ServiceProxyChecks;
import dev.udpfanout.loader.doctor.network.InterfaceCheck;
import dev.udpfanout.loader.doctor.network.VrfCheck;
import dev.udpfanout.loader.doctor.network.XdpCheck;
import dev.udpfanout.loader.doctor.way.EndpointAnswerCheck;
import dev.udpfanout.loader.doctor.way.EndpointMtuCheck;
import dev.udpfanout.loader.doctor.way.EndpointRouteCheck;
import dev.udpfanout.loader.doctor.way.EndpointUseCheck;
import dev.udpfanout.loader.doctor.way.ListenerRouteCheck;
import dev.udpfanout.loader.doctor.way.TestDatagramCheck;
import dev.udpfanout.loader.trace.ListenerNames;
import dev.udpfanout.loader.trace.SocketOwners;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The way of a listener's datagrams, step by step, in the calling thread's network namespace. It remembers which rules
 * of packet filters have counted test datagrams. For one thread.
 */
final class ListenerWalk {
    private final Doctor.Node node;
    private final KubernetesChecks kubernetes;
    private final NodeFiles files;
    private final Network network;
    private final NodeNetwork tables;
    private final List<String> moved = new ArrayList<>();

    ListenerWalk(Doctor.Node node, KubernetesChecks kubernetes, NodeFiles files, Network network) {
        this.node = node;
        this.kubernetes = kubernetes;
        this.files = files;
        this.network = network;
        this.tables = new NodeNetwork(network);
    }

    /** From the Service that it publishes to, by the NIC, kube-proxy, routes and programs, to the receivers. */
    List<Diagnosis> of(ServedListener listener) {
        ListenerConfig config = listener.config();
        Published published = kubernetes.published(config);
        Set<InetSocketAddress> vips = published
                .service()
                .map(service -> ServiceChecks.vips(service, config))
                .orElse(Set.of());
        List<Diagnosis> found = new ArrayList<>(kubernetes.ofService(config, published));
        found.addAll(ofInterfaces(listener, vips));
        if (listener.isOnDummy() && published.service().isPresent()) {
            found.addAll(ofKubeProxy(config, vips));
        }
        found.addAll(toReceivers(listener, vips));
        return found;
    }

    /** From the interfaces on; of a listener that an annotated Service has become. */
    List<Diagnosis> ofServed(ServedListener listener, Collection<InetSocketAddress> vips) {
        List<Diagnosis> found = new ArrayList<>(ofInterfaces(listener, vips));
        found.addAll(toReceivers(listener, vips));
        return found;
    }

    /** The rules of packet filters that drop and have counted test datagrams, in words. */
    List<String> moved() {
        return List.copyOf(moved);
    }

    private List<Diagnosis> ofInterfaces(ServedListener listener, Collection<InetSocketAddress> vips) {
        List<Link> incoming = listener.incoming(tables, addresses(vips));
        InetSocketAddress to =
                listener.sentTo(tables, vips).orElse(listener.config().bind());
        List<Diagnosis> found = new ArrayList<>(InterfaceCheck.of(listener, tables));
        found.addAll(step("xdp", () -> new XdpCheck().of(incoming, tables.links(), to)));
        VrfCheck.of(incoming, tables.links(), listener.isUserspace(), files).ifPresent(found::add);
        return found;
    }

    private List<Diagnosis> ofKubeProxy(ListenerConfig config, Set<InetSocketAddress> vips) {
        boolean hasOtherProxy =
                new ServiceProxyChecks(files).of(List.of(config)).isPresent();
        List<Diagnosis> found = new ArrayList<>(new KubeProxyRuleCheck().of(vips, hasOtherProxy));
        Set<Place> places = vips.stream()
                .map(vip -> new Place(vip.getAddress(), vip.getPort()))
                .collect(Collectors.toSet());
        found.add(new ConnectionTrackingChecks(files)
                .stale(places, place -> config.takes(new InetSocketAddress(place.address(), place.port()))));
        return found;
    }

    private List<Diagnosis> toReceivers(ServedListener listener, Collection<InetSocketAddress> vips) {
        List<InetAddress> addresses = addresses(vips);
        Optional<Pins> pins = Pins.existing(node.pinDirectory());
        List<Diagnosis> found = new ArrayList<>();
        found.addAll(step("listener_route", () -> new ListenerRouteCheck(network, tables).of(listener, addresses)));
        found.addAll(step("program", () -> new ProgramCheck(network, tables, pins).of(listener, vips)));
        found.addAll(kubernetes.ofReceivers(listener));
        found.addAll(
                step("endpoint_route", () -> new EndpointRouteCheck(network, tables, files).of(listener, addresses)));
        found.addAll(step("endpoint_mtu", () -> new EndpointMtuCheck(network, tables)
                .of(listener, addresses).stream().toList()));
        found.addAll(step("endpoint_socket", () -> new EndpointAnswerCheck(network, tables).of(listener)));
        EndpointUseCheck.of(listener).ifPresent(found::add);
        found.addAll(ofTestDatagrams(listener, vips));
        return found;
    }

    private List<Diagnosis> ofTestDatagrams(ServedListener listener, Collection<InetSocketAddress> vips) {
        SocketOwners sockets = SocketOwners.ofNode(node.daemon());
        ListenerNames names = new ListenerNames(node.pinDirectory());
        List<Diagnosis> found = new ArrayList<>();
        new TestDatagramCheck(network, tables, names::of, sockets)
                .of(listener, vips)
                .ifPresent(answer -> {
                    found.add(answer.diagnosis());
                    moved.addAll(answer.moved());
                });
        return found;
    }

    /** What the kernel refuses to tell this process keeps nobody from the other steps. */
    private static List<Diagnosis> step(String check, Supplier<List<Diagnosis>> question) {
        try {
            return question.get();
        } catch (SystemCallException e) {
            return List.of(Diagnosis.notChecked(
                    check, e.getMessage(), "run doctor in the DaemonSet's pod, or as root on the node"));
        }
    }

    private static List<InetAddress> addresses(Collection<InetSocketAddress> vips) {
        return vips.stream().map(InetSocketAddress::getAddress).toList();
    }
}
