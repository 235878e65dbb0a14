package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.endtoend.ServiceLab;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.net.InetSocketAddress;
import java.util.Map;

/** A Service with a ClusterIP and the lab's VIP. */
public final class VipService {
    public static final InetSocketAddress CLUSTER_IP = new InetSocketAddress("10.43.0.14", 5514);
    static final InetSocketAddress CLUSTER_IP6 = new InetSocketAddress("2001:db8:43::14", 5514);

    private VipService() {}

    /** Annotated with the policy round_robin, with the VIP of the lab. */
    static Service annotated() {
        return with(Map.of("udpfanout.dev/policy", "round_robin"));
    }

    /** The same of both families. */
    static Service dualStack() {
        return new ServiceBuilder(annotated())
                .editSpec()
                .withClusterIPs(CLUSTER_IP.getHostString(), CLUSTER_IP6.getHostString())
                .endSpec()
                .editStatus()
                .editLoadBalancer()
                .addNewIngress()
                .withIp(TopologyPlan.VIP6)
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();
    }

    /** With the VIP of the lab, and annotations. */
    public static Service with(Map<String, String> annotations) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(Slices.SERVICE.namespace())
                .withName(Slices.SERVICE.name())
                .withUid("0e7e2a52-0000-4000-8000-000000000019")
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withType("LoadBalancer")
                .withClusterIP(CLUSTER_IP.getHostString())
                .withClusterIPs(CLUSTER_IP.getHostString())
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(CLUSTER_IP.getPort())
                .withNewTargetPort(ServiceLab.POD_PORT)
                .endPort()
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp(TopologyPlan.VIP)
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();
    }
}
