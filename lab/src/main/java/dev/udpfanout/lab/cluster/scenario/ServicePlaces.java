package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.metallb.ServiceSpeaker;
import dev.udpfanout.lab.metallb.VipOwner;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The addresses of the cluster's Services: ClusterIPs by the API server, VIPs as MetalLB's controller gives them. A
 * Service of both families has a VIP of each, which end alike: 192.168.1.100 and 2001:db8:1::100.
 */
final class ServicePlaces {
    private static final String NETWORK = "192.168.1.";
    private static final String NETWORK6 = "2001:db8:1::";
    private static final int FIRST_VIP = 100;
    private static final int LAST_VIP = 250;

    private final ControlPlane controlPlane;
    private final ServiceSpeaker speaker;
    private int vipsGiven;

    ServicePlaces(ControlPlane controlPlane, ServiceSpeaker speaker) {
        this.controlPlane = controlPlane;
        this.speaker = speaker;
    }

    /** An IPv4 address that nobody has had, of which a node is the owner as long as all these nodes serve. */
    String newVipOf(ClusterNode owner, List<ClusterNode> nodes) {
        List<String> names = nodes.stream().map(ClusterNode::name).toList();
        return IntStream.rangeClosed(FIRST_VIP + vipsGiven, LAST_VIP)
                .filter(host -> VipOwner.of(NETWORK + host, names)
                        .filter(owner.name()::equals)
                        .isPresent())
                .mapToObj(host -> {
                    vipsGiven = host - FIRST_VIP + 1;
                    return NETWORK + host;
                })
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("no address is left of which " + owner.name() + " is the owner"));
    }

    /** The VIPs of a Service whose IPv4 VIP is this one: the same, and one of IPv6 if the Service has that family. */
    List<String> vips(Lane lane, String vip) {
        return clusterIps(lane).size() == 1 ? List.of(vip) : List.of(vip, vip.replace(NETWORK, NETWORK6));
    }

    /** Gives a Service its VIPs as MetalLB's controller does. */
    void assignVip(Lane lane, String vip) {
        List<String> vips = vips(lane, vip);
        controlPlane
                .client()
                .services()
                .inNamespace(Lane.NAMESPACE)
                .withName(lane.service())
                .editStatus(service -> {
                    var balancer = new ServiceBuilder(service).editOrNewStatus().withNewLoadBalancer();
                    vips.forEach(each -> balancer.addNewIngress().withIp(each).endIngress());
                    return balancer.endLoadBalancer().endStatus().build();
                });
    }

    /** A Service's VIP, of IPv4. */
    String vip(Lane lane) {
        return service(lane.service())
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .getFirst()
                .getIp();
    }

    /** Where a Service is inside the cluster: one address of each of its families, IPv4's first. */
    List<String> clusterIps(Lane lane) {
        return clusterIps(lane.service());
    }

    /** As above, by the Service's name. */
    List<String> clusterIps(String name) {
        var spec = service(name).getSpec();
        // API servers before 1.20 have no clusterIPs.
        return spec.getClusterIPs().isEmpty() ? List.of(spec.getClusterIP()) : List.copyOf(spec.getClusterIPs());
    }

    private Service service(String name) {
        return controlPlane
                .client()
                .services()
                .inNamespace(Lane.NAMESPACE)
                .withName(name)
                .require();
    }

    /** Waits until a node announces a VIP. */
    void awaitAnnounced(Lane lane, String vip) {
        Cluster.await(
                vip + " announced", () -> speaker.announcer(lane.service(), vip).isPresent());
    }
}
