package dev.udpfanout.lab.cluster.node;

import dev.udpfanout.lab.cluster.traffic.PodSockets;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A receiver: a socket in the namespace of one of a node's places. */
final class ReceiverPod implements PodOnNode {
    private final ClusterNode node;
    private final ClusterNode.PodPlace place;
    private final PodSockets sockets;
    private final Duration preStop;
    private final int port;
    private AutoCloseable socket;

    ReceiverPod(Pod pod, ClusterNode node, PodSockets sockets) {
        this.node = node;
        this.place = node.take();
        this.sockets = sockets;
        var container = pod.getSpec().getContainers().getFirst();
        this.port = container.getPorts().getFirst().getContainerPort();
        this.preStop = preStop(container.getLifecycle().getPreStop().getExec().getCommand());
    }

    /** How long "sleep SECONDS" takes, which is all that the example's preStop hook does. */
    private static Duration preStop(List<String> command) {
        if (command.size() != 2 || !command.getFirst().equals("sleep")) {
            throw new IllegalArgumentException("the lab's pods can only sleep before they stop, not " + command);
        }
        return Duration.ofSeconds(Long.parseLong(command.getLast()));
    }

    @Override
    public ClusterNode node() {
        return node;
    }

    @Override
    public List<String> addresses() {
        return place.addresses();
    }

    @Override
    public void start() {
        socket = sockets.open(place.namespace(), port);
    }

    @Override
    public Optional<String> notReady() {
        return Optional.empty();
    }

    @Override
    public void stop() throws Exception {
        Thread.sleep(preStop);
        socket.close();
        node.giveBack(place);
    }
}
