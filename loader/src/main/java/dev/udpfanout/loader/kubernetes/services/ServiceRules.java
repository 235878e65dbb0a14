package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.InterfaceRole;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What Kubernetes' own fields say of a Service, as kube-proxy reads them.
 *
 * @param groups its addresses, by the interfaces where they come in and the rules that hold for them there
 * @param preference which endpoints come first: {@code trafficDistribution}
 * @see <a href="https://kubernetes.io/docs/reference/networking/virtual-ips/">Virtual IPs and Service proxies</a>
 */
record ServiceRules(List<Group> groups, Preference preference) {
    private static final String LOCAL = "Local";

    /**
     * Addresses that have the same rules.
     *
     * @param addresses of either family
     * @param interfaces where datagrams for them come in
     * @param onThisNodeOnly whether only endpoints of this node get them
     * @param allow where they may come from; empty: from everywhere
     * @param suffix of the listener's name; empty where a Service has one group only, or the cluster's
     */
    record Group(
            Set<InetAddress> addresses,
            List<String> interfaces,
            boolean onThisNodeOnly,
            List<Prefix> allow,
            String suffix) {}

    /** @throws RefusedServiceException if a field has a value that is not served */
    static ServiceRules of(Service service, ServicesConfig config) throws RefusedServiceException {
        ServiceSpec spec = service.getSpec();
        ServicePlaces places = ServicePlaces.of(service, config.externalIps());
        if (places.isEmpty()) {
            throw new RefusedServiceException("the Service has no address: it is headless, an ExternalName, or its load"
                    + " balancer has given it none yet; give it a ClusterIP or a VIP");
        }
        boolean isExternalLocal = LOCAL.equals(spec.getExternalTrafficPolicy());
        boolean isInternalLocal = LOCAL.equals(spec.getInternalTrafficPolicy());
        List<Prefix> allow = SourceRanges.read(Present.in(spec.getLoadBalancerSourceRanges()));
        return new ServiceRules(
                groups(places, config, isExternalLocal, isInternalLocal, allow),
                preference(spec.getTrafficDistribution()));
    }

    /**
     * A pod's datagrams to a VIP go to all endpoints, whatever {@code externalTrafficPolicy} says; source ranges hold
     * for the load balancer's addresses, whoever sends.
     */
    private static List<Group> groups(
            ServicePlaces places,
            ServicesConfig config,
            boolean isExternalLocal,
            boolean isInternalLocal,
            List<Prefix> allow) {
        List<String> everywhere = Stream.of(InterfaceRole.values())
                .flatMap(role -> config.places(role).stream())
                .toList();
        if (!isExternalLocal && !isInternalLocal && allow.isEmpty()) {
            Set<InetAddress> all = ServicePlaces.union(places.outside(), places.cluster());
            return List.of(new Group(all, everywhere, false, List.of(), ""));
        }
        List<Group> groups = new ArrayList<>();
        groups.add(new Group(places.cluster(), everywhere, isInternalLocal, List.of(), ""));
        addOutside(groups, places.external(), config, isExternalLocal, List.of(), ".external");
        addOutside(groups, places.loadBalancer(), config, isExternalLocal, allow, ".vip");
        return groups.stream().filter(group -> !group.addresses().isEmpty()).toList();
    }

    private static void addOutside(
            List<Group> groups,
            Set<InetAddress> addresses,
            ServicesConfig config,
            boolean isLocal,
            List<Prefix> allow,
            String suffix) {
        groups.add(new Group(addresses, config.places(InterfaceRole.VIPS), isLocal, allow, suffix));
        groups.add(new Group(addresses, config.places(InterfaceRole.PODS), false, allow, suffix + "-pods"));
    }

    private static Preference preference(String trafficDistribution) {
        return switch (trafficDistribution) {
            case "PreferSameNode" -> Preference.SAME_NODE;
            case "PreferSameZone", "PreferClose" -> Preference.SAME_ZONE;
            case null, default -> Preference.ANY;
        };
    }
}
