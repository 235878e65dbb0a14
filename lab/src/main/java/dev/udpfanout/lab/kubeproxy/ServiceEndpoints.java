package dev.udpfanout.lab.kubeproxy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The endpoints of a Service as one node's kube-proxy has them.
 *
 * @param cluster all, each address once
 * @param local those of the node itself
 */
public record ServiceEndpoints(List<InetSocketAddress> cluster, List<InetSocketAddress> local) {
    public ServiceEndpoints {
        cluster = List.copyOf(cluster);
        local = List.copyOf(local);
    }

    /** Endpoints that are all the node's own. */
    public static ServiceEndpoints allLocal(List<InetSocketAddress> endpoints) {
        return new ServiceEndpoints(endpoints, endpoints);
    }

    /**
     * Of several endpoints with one address and port, kube-proxy keeps one. Until Kubernetes 1.35 that was the one of
     * its own node; since 1.36 it is any of them: source: {@code endpointSliceCache} in kubernetes,
     * pkg/proxy/endpointslicecache.go.
     *
     * @param node whose kube-proxy it is
     * @param all what the Service's EndpointSlices say
     * @param random picks; print its seed, so that a run can be repeated
     */
    public static ServiceEndpoints seenBy(String node, List<NodeEndpoint> all, RandomGenerator random) {
        List<NodeEndpoint> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        TreeMap<InetSocketAddress, NodeEndpoint> kept =
                new TreeMap<>(Comparator.comparing(KubeProxyRules::text).thenComparing(InetSocketAddress::getPort));
        shuffled.forEach(endpoint -> kept.put(endpoint.address(), endpoint));
        return new ServiceEndpoints(
                List.copyOf(kept.keySet()),
                kept.values().stream()
                        .filter(endpoint -> endpoint.nodeName().equals(node))
                        .map(NodeEndpoint::address)
                        .toList());
    }
}
