package dev.udpfanout.loader.kubernetes.fake;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** LoadBalancer Services as MetalLB leaves them. */
public final class FakeService {
    public static final ServiceName NAME = new ServiceName("logging", "syslog");

    private FakeService() {}

    /** The Service "syslog" in the namespace "logging", given these addresses. */
    public static Service withVips(String... vips) {
        ServiceBuilder service = withUdpPort("syslog", 514, 5514);
        for (String vip : vips) {
            service.editOrNewStatus()
                    .editOrNewLoadBalancer()
                    .addNewIngress()
                    .withIp(vip)
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus();
        }
        return service.build();
    }

    public static ServiceBuilder withUdpPort(String name, int port, int targetPort) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NAME.namespace())
                .withName(NAME.name())
                .endMetadata()
                .withNewSpec()
                .withType("LoadBalancer")
                .addNewPort()
                .withName("metrics")
                .withProtocol("TCP")
                .withPort(5514)
                .withNewTargetPort(5514)
                .endPort()
                .addNewPort()
                .withName(name)
                .withProtocol("UDP")
                .withPort(port)
                .withNewTargetPort(targetPort)
                .endPort()
                .endSpec();
    }
}
