package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What others have put into the cluster, so that datagrams go past the listener or do not come at all; those that come
 * arrive. {@code make doctor-test} alone has them.
 */
final class ClusterFaults {
    private static final String EVERY_POD = "{\"metadata\":{\"name\":\"deny-all\"},\"spec\":{\"podSelector\":{}}}";

    private ClusterFaults() {}

    static List<Fault> all() {
        WayIn way = WayIn.DUMMY_INGRESS;
        return List.of(
                service(
                        "the Service selects pods",
                        way,
                        lab -> lab.service()
                                .editSpec()
                                .withSelector(Map.of("app", "syslog"))
                                .endSpec()
                                .build(),
                        PROBLEM,
                        "selector",
                        "logging/syslog selects pods"),
                service(
                        "the Service has no VIP",
                        way,
                        lab -> lab.service().withNewStatus().endStatus().build(),
                        WARNING,
                        "vip",
                        "logging/syslog has no IPv4 address"),
                service(
                        "the Service has a VIP of the other family alone",
                        WayIn.DUMMY_INGRESS6,
                        lab -> lab.service()
                                .editStatus()
                                .editLoadBalancer()
                                .removeMatchingFromIngress(each -> each.getIp().contains(":"))
                                .endLoadBalancer()
                                .endStatus()
                                .build(),
                        WARNING,
                        "vip",
                        "logging/syslog has no IPv6 address, only 192.168.1.100"),
                slice("somebody's EndpointSlice", "somebody", "has EndpointSlices that are not the daemons' (others)"),
                slice(
                        "Endpoints by hand",
                        "endpointslicemirroring-controller.k8s.io",
                        "has Endpoints by hand (others)"),
                Fault.of(
                                "the node is excluded from load balancers",
                                way,
                                lab -> lab.api().exclude(true),
                                lab -> lab.api().exclude(false),
                                WARNING,
                                "node_labels",
                                "has the label node.kubernetes.io/exclude-from-external-load-balancers")
                        .arrives(),
                Fault.of(
                                "Cilium stands in kube-proxy's place",
                                way,
                                "ip link add cilium_host type bridge",
                                "ip link delete cilium_host",
                                WARNING,
                                "service_proxy",
                                "no kube-proxy is seen, but Cilium: ")
                        .arrives(),
                Fault.of(
                                "a NetworkPolicy selects the receivers",
                                way,
                                lab -> lab.api().setPolicies(EVERY_POD),
                                lab -> lab.api().setPolicies(""),
                                WARNING,
                                "network_policies",
                                "NetworkPolicies select the receivers: deny-all")
                        .arrives());
    }

    private static Fault service(
            String name, WayIn way, Function<DoctorLab, Service> broken, Result result, String check, String finding) {
        return Fault.of(
                        name,
                        way,
                        lab -> lab.put(broken.apply(lab)),
                        lab -> lab.put(lab.service().build()),
                        result,
                        check,
                        finding)
                .arrives();
    }

    private static Fault slice(String name, String keeper, String finding) {
        EndpointSlice slice = Slices.slice("others", "IPv4", Slices.pod("other", TopologyPlan.NODE_ADDRESS))
                .editMetadata()
                .addToLabels("kubernetes.io/service-name", "syslog")
                .addToLabels("endpointslice.kubernetes.io/managed-by", keeper)
                .endMetadata()
                .build();
        return Fault.of(
                        name,
                        WayIn.DUMMY_INGRESS,
                        lab -> lab.lab().server().api().put(slice),
                        lab -> lab.lab().server().api().delete(slice),
                        PROBLEM,
                        "endpoints",
                        finding)
                .arrives();
    }
}
