package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Services as somebody has annotated them. */
final class AnnotatedServices {
    static final ServicesConfig CONFIG =
            new ServicesConfig(Set.of(), false, List.of("eth0"), List.of("veth1", "veth2"), Duration.ofMinutes(10));

    private AnnotatedServices() {}

    /**
     * The Service of {@link Slices}, of both families, with a VIP and a UDP port, and a TCP port of the same number.
     */
    static ServiceBuilder spread() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(Slices.SERVICE.namespace())
                .withName(Slices.SERVICE.name())
                .withAnnotations(Map.of(ServiceAnnotations.POLICY, "round_robin"))
                .endMetadata()
                .withNewSpec()
                .withType("LoadBalancer")
                .withClusterIP("10.43.0.14")
                .withClusterIPs("10.43.0.14", "2001:db8:43::14")
                .addNewPort()
                .withName("syslog-tcp")
                .withProtocol("TCP")
                .withPort(514)
                .endPort()
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(514)
                .endPort()
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp("192.0.2.10")
                .endIngress()
                .endLoadBalancer()
                .endStatus();
    }

    static Service annotated(String key, String value) {
        return spread().editMetadata()
                .addToAnnotations(key, value)
                .endMetadata()
                .build();
    }

    /** What becomes of it, with one slice that has one pod. */
    static AnnotatedService read(ServicesConfig config, Service service) {
        return new ServiceReadings(config)
                .of(
                        List.of(service),
                        List.of(Slices.ofService("receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11"))))
                .getFirst();
    }

    static AnnotatedService read(Service service) {
        return read(CONFIG, service);
    }
}
