package dev.udpfanout.lab.metallb;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.ArpResponder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The speakers of all nodes of a cluster whose nodes are all alive, for the Services of one namespace that are of type
 * LoadBalancer with {@code externalTrafficPolicy: Local}: among the nodes with an endpoint that serves,
 * {@link VipOwner}'s answers ARP for the VIP, which is on no interface; for IPv6 a router is told. Source: MetalLB,
 * speaker/layer2_controller.go and internal/k8s/epslices.
 */
public final class ServiceSpeaker implements AutoCloseable {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final Map<String, ArpResponder> responders = new HashMap<>();
    private final Map<String, Announcement> announcements = new HashMap<>();
    private final BiConsumer<Inet6Address, String> router;
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<GenericKubernetesResource> slices;
    private boolean closed;

    /** @param vips of which the first one decides who announces them all */
    private record Announcement(List<String> vips, String node) {}

    /**
     * Starts it.
     *
     * @param client stays the caller's to close, after this
     * @param discoveryVersion of discovery.k8s.io: v1 or v1beta1
     * @param router told which node an IPv6 VIP is behind from now on, as by BGP
     */
    public ServiceSpeaker(
            KubernetesClient client,
            String namespace,
            String discoveryVersion,
            BiConsumer<Inet6Address, String> router) {
        this.router = router;
        services = client.services().inNamespace(namespace).runnableInformer(0);
        slices = client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup("discovery.k8s.io")
                        .withVersion(discoveryVersion)
                        .withKind("EndpointSlice")
                        .withPlural("endpointslices")
                        .withNamespaced(true)
                        .build())
                .inNamespace(namespace)
                .runnableInformer(0);
        services.addEventHandler(new Decide<>());
        slices.addEventHandler(new Decide<>());
        services.start();
        slices.start();
    }

    /** Has a node's speaker take part. */
    public synchronized void add(String node, LabNamespace namespace, MacAddress mac) {
        responders.put(node, ArpResponder.start(namespace, "eth0", mac));
    }

    /** Which node announces a Service's VIP; empty if none does, or if it is another VIP that is announced. */
    public synchronized Optional<String> announcer(String service, String vip) {
        return Optional.ofNullable(announcements.get(service))
                .filter(announced -> announced.vips().getFirst().equals(vip))
                .map(Announcement::node);
    }

    private synchronized void decide() {
        if (closed) {
            return;
        }
        Map<String, Announcement> due = new HashMap<>();
        services.getStore().list().forEach(service -> {
            List<String> vips = vips(service);
            String name = service.getMetadata().getName();
            vips.stream()
                    .findFirst()
                    .flatMap(first -> VipOwner.of(first, candidates(name)))
                    .ifPresent(node -> due.put(name, new Announcement(vips, node)));
        });
        announcements.forEach((service, before) -> {
            if (!before.equals(due.get(service))) {
                before.vips().forEach(vip -> withdraw(address(vip), before.node()));
            }
        });
        due.forEach((service, now) -> {
            if (!now.equals(announcements.get(service))) {
                now.vips().forEach(vip -> announce(address(vip), now.node()));
            }
        });
        announcements.clear();
        announcements.putAll(due);
    }

    private void announce(InetAddress vip, String node) {
        switch (vip) {
            case Inet4Address ipv4 -> {
                responders.get(node).answerFor(ipv4);
                responders.get(node).announce(ipv4);
            }
            case Inet6Address ipv6 -> router.accept(ipv6, node);
            default -> throw new IllegalArgumentException(vip + " is of no family");
        }
    }

    /** A router keeps its way until there is another one. */
    private void withdraw(InetAddress vip, String node) {
        if (vip instanceof Inet4Address ipv4) {
            responders.get(node).stopAnsweringFor(ipv4);
        }
    }

    private TreeSet<String> candidates(String service) {
        TreeSet<String> nodes = new TreeSet<>();
        for (GenericKubernetesResource slice : slices.getStore().list()) {
            Map<String, String> labels = slice.getMetadata().getLabels();
            List<Map<String, Object>> endpoints = slice.get("endpoints");
            if (labels != null && service.equals(labels.get(SERVICE_NAME)) && endpoints != null) {
                endpoints.stream()
                        .filter(ServiceSpeaker::serves)
                        .map(ServiceSpeaker::nodeName)
                        .flatMap(Optional::stream)
                        .forEach(nodes::add);
            }
        }
        nodes.retainAll(responders.keySet());
        return nodes;
    }

    /** "serving" counts, and where it is absent "ready", which is true if it is absent too. */
    private static boolean serves(Map<String, Object> endpoint) {
        if (!(endpoint.get("conditions") instanceof Map<?, ?> conditions)) {
            return true;
        }
        Object said = conditions.get("serving") == null ? conditions.get("ready") : conditions.get("serving");
        return !Boolean.FALSE.equals(said);
    }

    /** In v1beta1 it may be the topology's hostname. */
    private static Optional<String> nodeName(Map<String, Object> endpoint) {
        Object name = endpoint.get("nodeName");
        if (name == null && endpoint.get("topology") instanceof Map<?, ?> topology) {
            name = topology.get("kubernetes.io/hostname");
        }
        return Optional.ofNullable((String) name);
    }

    private static List<String> vips(Service service) {
        if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
            return List.of();
        }
        return service.getStatus().getLoadBalancer().getIngress().stream()
                .map(LoadBalancerIngress::getIp)
                .toList();
    }

    private static InetAddress address(String vip) {
        try {
            return InetAddress.getByName(vip);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(vip, e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        services.close();
        slices.close();
    }

    private final class Decide<T> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            decide();
        }

        @Override
        public void onUpdate(T before, T after) {
            decide();
        }

        @Override
        public void onDelete(T deleted, boolean finalStateUnknown) {
            decide();
        }
    }
}
