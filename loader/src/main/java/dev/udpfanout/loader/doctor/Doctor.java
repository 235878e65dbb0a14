package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.attach.FoundInterfacesCheck;
import dev.udpfanout.loader.doctor.attach.ProgramCheck;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks;
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
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.firewall.FirewallChecks;
import dev.udpfanout.loader.doctor.kubernetes.AnnotatedServices;
import dev.udpfanout.loader.doctor.kubernetes.KubernetesChecks;
import dev.udpfanout.loader.doctor.kubernetes.ServiceProxyChecks;
import dev.udpfanout.loader.doctor.network.BridgeNetfilterCheck;
import dev.udpfanout.loader.doctor.network.ForwardingChecks;
import dev.udpfanout.loader.doctor.way.TestDatagramCheck;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
        try (Network network = Network.open()) {
            ListenerWalk walk = new ListenerWalk(node, kubernetes, files, network);
            listeners.forEach(listener -> ofListeners.addAll(named(walk.of(listener), listener)));
            List<Diagnosis> found = new ArrayList<>(ofDaemon(listeners, daemon, ofListeners));
            found.addAll(ofListeners);
            config.services()
                    .filter(services -> listenerNames.isEmpty())
                    .flatMap(services -> AnnotatedServices.ofAll(daemon))
                    .ifPresent(found::add);
            found.addAll(ofNode(listeners, files, walk.moved()));
            kubernetes.ofNode(listeners).forEach(found::add);
            List<Diagnosis> causes = causes(found, daemon);
            // Not a cause of what is wrong with the file's listeners.
            return listenerNames.isEmpty() ? and(causes, FoundInterfacesCheck.of(daemon)) : causes;
        }
    }

    /**
     * The same of one annotated Service: whether it is served and by what, and the way of each of its listeners.
     *
     * @param name which Service
     */
    public List<Diagnosis> examineService(Config config, ServiceName name) {
        DaemonStatus daemon = DaemonStatus.ask(config.metrics(), node.daemon().isPresent());
        NodeFiles files = new NodeFiles(node.proc());
        AnnotatedServices services = new AnnotatedServices(node.client(), node.identity(), config.services());
        AnnotatedServices.Examined examined = services.examine(name, daemon);
        List<Diagnosis> ofListeners = new ArrayList<>();
        List<ServedListener> listeners = examined.listeners().stream()
                .map(each -> ServedListener.of(each.config(), daemon))
                .toList();
        try (Network network = Network.open()) {
            ListenerWalk walk =
                    new ListenerWalk(node, new KubernetesChecks(node.client(), node.identity()), files, network);
            for (int i = 0; i < listeners.size(); i++) {
                ServedListener listener = listeners.get(i);
                ofListeners.addAll(named(
                        walk.ofServed(listener, examined.listeners().get(i).places()), listener));
            }
            List<Diagnosis> found = new ArrayList<>(examined.found());
            found.addAll(ofDaemon(listeners, daemon, ofListeners));
            found.addAll(FoundInterfacesCheck.of(daemon));
            found.addAll(ofListeners);
            found.addAll(ofNode(listeners, files, walk.moved()));
            return causes(found, daemon);
        }
    }

    private static List<Diagnosis> and(List<Diagnosis> some, List<Diagnosis> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static List<Diagnosis> named(List<Diagnosis> found, ServedListener listener) {
        return found.stream()
                .map(each -> OF_NODE.contains(each.check()) ? each : each.of(listener.name()))
                .toList();
    }

    private static List<Diagnosis> causes(List<Diagnosis> found, DaemonStatus daemon) {
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
}
