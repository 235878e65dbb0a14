package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses of a Service, as kube-proxy takes them.
 *
 * @param loadBalancer {@code status.loadBalancer.ingress}, without those that the load balancer itself answers for
 *     ({@code ipMode: Proxy})
 * @param external {@code spec.externalIPs}, if they are wanted
 * @param cluster {@code spec.clusterIPs}
 */
record ServicePlaces(Set<InetAddress> loadBalancer, Set<InetAddress> external, Set<InetAddress> cluster) {
    static ServicePlaces of(Service service, boolean wantsExternal) {
        Optional<ServiceSpec> spec = Optional.ofNullable(service.getSpec());
        Stream<String> loadBalancer = Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .map(Present::in)
                .orElse(List.of())
                .stream()
                .filter(ingress -> !"Proxy".equals(ingress.getIpMode()))
                .map(LoadBalancerIngress::getIp);
        Stream<String> external = wantsExternal
                ? spec.map(ServiceSpec::getExternalIPs).map(Present::in).stream()
                        .flatMap(List::stream)
                : Stream.empty();
        // API servers before 1.20 have no clusterIPs.
        Stream<String> cluster = Stream.concat(
                spec.map(ServiceSpec::getClusterIP).stream(),
                spec.map(ServiceSpec::getClusterIPs).map(Present::in).stream().flatMap(List::stream));
        return new ServicePlaces(parsed(loadBalancer), parsed(external), parsed(cluster));
    }

    private static Set<InetAddress> parsed(Stream<String> texts) {
        return texts.flatMap(text -> LiteralAddress.parse(text).stream())
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** All that lie outside of the cluster. */
    Set<InetAddress> outside() {
        return union(loadBalancer, external);
    }

    boolean isEmpty() {
        return loadBalancer.isEmpty() && external.isEmpty() && cluster.isEmpty();
    }

    static Set<InetAddress> union(Set<InetAddress> one, Set<InetAddress> other) {
        Set<InetAddress> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return all;
    }
}
