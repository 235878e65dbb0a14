package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.endtoend.ServiceLab;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Annotated Services, each with a VIP, a ClusterIP and endpoints of its own. */
final class ManyServices {
    static final int PORT = 5514;
    private static final String NAMESPACE = "many";

    private ManyServices() {}

    /** Puts so many into the API server. */
    static void put(FakeApi api, int services, int endpoints) {
        for (int n = 0; n < services; n++) {
            api.put(service(n));
            api.put(slice(n, endpoints));
        }
    }

    /**
     * Has the endpoints reached by a next hop that is known to the node and never answers. Without it datagrams would
     * wait 3 s for an answer to ARP, and so would their sender: they count as his until they have left this machine.
     */
    static void leadToNobody(LabNamespace node) {
        String nextHop = "10.42.255.254";
        node.exec("ip", "neighbour", "add", nextHop, "lladdr", "02:75:66:00:42:fe", "dev", "cni0", "nud", "permanent");
        node.exec("ip", "route", "add", "10.42.0.0/16", "via", nextHop, "dev", "cni0", "onlink");
    }

    private static String name(int n) {
        return "service-%04d".formatted(n);
    }

    /** In network 10.NETWORK.0.0/16. */
    private static String address(int network, int n) {
        return "10.%d.%d.%d".formatted(network, n / 250, n % 250 + 1);
    }

    /** The address that the load balancer has given to a Service. */
    static String vip(int n) {
        return address(77, n);
    }

    /** A Service without its slice. */
    static Service service(int n) {
        String clusterIp = address(43, n);
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name(n))
                .withUid("0e7e2a52-0000-4000-8000-%012d".formatted(n))
                .withAnnotations(Map.of("udpfanout.dev/policy", "round_robin"))
                .endMetadata()
                .withNewSpec()
                .withType("LoadBalancer")
                .withClusterIP(clusterIp)
                .withClusterIPs(clusterIp)
                .addNewPort()
                .withName("syslog")
                .withProtocol("UDP")
                .withPort(PORT)
                .endPort()
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp(vip(n))
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();
    }

    /** How many tables of endpoints have a name where the daemon pins. */
    static long tablesInForce(Path pins) {
        if (!Files.exists(pins)) {
            return 0;
        }
        try (Stream<Path> pinned = Files.walk(pins)) {
            return pinned.filter(path -> path.getFileName().toString().startsWith("ENDPOINTS_"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Service's slice with so many endpoints. */
    static EndpointSlice slice(int service, int endpoints) {
        return slice(
                service,
                IntStream.range(0, endpoints)
                        .mapToObj(each -> Slices.pod(name(service) + "-" + each, address(42, service * 3 + each)))
                        .toArray(Endpoint[]::new));
    }

    /** As above, with these. */
    static EndpointSlice slice(int service, Endpoint... endpoints) {
        return new EndpointSliceBuilder(Slices.ofService(name(service), "syslog", ServiceLab.POD_PORT, endpoints))
                .editMetadata()
                .withNamespace(NAMESPACE)
                .addToLabels("kubernetes.io/service-name", name(service))
                .endMetadata()
                .build();
    }
}
