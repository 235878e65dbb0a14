package dev.udpfanout.loader.endtoend.failover;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.ArpResponder;
import dev.udpfanout.lab.metallb.Membership;
import dev.udpfanout.lab.metallb.VipOwner;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Stands for MetalLB's speaker on a node, for one Service with {@code externalTrafficPolicy: Local}: watches the
 * Service's EndpointSlices, works out who has the VIP among the nodes that are alive and have an endpoint that serves,
 * and if it is this node, answers ARP for the VIP, which is on no interface. Gratuitous ARP is sent once, when the VIP
 * comes here; MetalLB repeats it for some seconds, for segments that lose frames.
 */
final class L2Speaker implements AutoCloseable {
    private final String node;
    private final Inet4Address vip;
    private final ArpResponder responder;
    private final Consumer<String> onAnnounced;
    private final Membership members;
    private final SharedIndexInformer<EndpointSlice> slices;
    private boolean announcing;
    private boolean closed;

    /**
     * What a speaker needs to know.
     *
     * @param name of its node
     * @param mac of the node's eth0
     * @param own where it listens for the others
     * @param others the other speakers, by the names of their nodes
     */
    record Place(
            LabNamespace namespace,
            String name,
            MacAddress mac,
            InetSocketAddress own,
            Map<String, InetSocketAddress> others) {}

    /**
     * Starts it.
     *
     * @param client stays the caller's to close, after this
     * @param onAnnounced told the node's name just before a gratuitous ARP is sent
     */
    L2Speaker(Place place, Inet4Address vip, KubernetesClient client, Consumer<String> onAnnounced) {
        this.node = place.name();
        this.vip = vip;
        this.onAnnounced = onAnnounced;
        responder = ArpResponder.start(place.namespace(), "eth0", place.mac());
        slices = client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("logging")
                .withLabel("kubernetes.io/service-name", "syslog")
                .runnableInformer(0);
        members = Membership.join(place.namespace(), node, place.own(), place.others(), this::decide);
        slices.addEventHandler(new Decide());
        slices.start();
    }

    /** Whether this node has the VIP. */
    synchronized boolean isAnnouncing() {
        return announcing;
    }

    private synchronized void decide() {
        if (closed) {
            return;
        }
        Set<String> candidates = slices.getStore().list().stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(L2Speaker::serves)
                .map(Endpoint::getNodeName)
                .collect(Collectors.toSet());
        candidates.retainAll(members.alive());
        boolean mine = VipOwner.of(vip.getHostAddress(), candidates)
                .filter(node::equals)
                .isPresent();
        if (mine && !announcing) {
            responder.answerFor(vip);
            onAnnounced.accept(node);
            responder.announce(vip);
        } else if (!mine) {
            responder.stopAnsweringFor(vip);
        }
        announcing = mine;
    }

    /**
     * MetalLB, internal/k8s/epslices: "serving" counts, and where it is absent "ready", which is true if it is absent
     * too.
     */
    private static boolean serves(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        if (endpoint.getNodeName() == null || conditions == null) {
            return endpoint.getNodeName() != null;
        }
        Boolean said = conditions.getServing() == null ? conditions.getReady() : conditions.getServing();
        return said == null || said;
    }

    /** Ends it without a word to anyone, as one that is killed. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            announcing = false;
            responder.stopAnsweringFor(vip);
        }
        slices.stop();
        members.close();
        responder.close();
    }

    private final class Decide implements ResourceEventHandler<EndpointSlice> {
        @Override
        public void onAdd(EndpointSlice slice) {
            decide();
        }

        @Override
        public void onUpdate(EndpointSlice before, EndpointSlice after) {
            decide();
        }

        @Override
        public void onDelete(EndpointSlice slice, boolean finalStateUnknown) {
            decide();
        }
    }
}
