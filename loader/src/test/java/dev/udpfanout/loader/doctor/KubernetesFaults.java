package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.bindings.abi.counter.DropReason;
import java.util.List;

/** What may be wrong with names, rights and objects in Kubernetes. */
final class KubernetesFaults {
    private KubernetesFaults() {}

    static List<Fault> all() {
        WayIn way = WayIn.DUMMY_INGRESS;
        return List.of(
                edit(
                                "publish.service is misspelt",
                                "service: syslog }",
                                "service: sylog }",
                                "service",
                                "no Service logging/sylog")
                        .arrives(),
                edit(
                                "kubernetes.service is misspelt",
                                "service: receivers,",
                                "service: recievers,",
                                "receivers",
                                "logging/recievers")
                        .dies("dummy0", DropReason.NO_ENDPOINTS.label()),
                edit(
                                "kubernetes.port is misspelt",
                                "port: syslog }",
                                "port: syslogs }",
                                "receivers",
                                "has no UDP port syslogs, but syslog (UDP 40514)")
                        .dies("dummy0", DropReason.NO_ENDPOINTS.label()),
                Fault.of(
                                "the right to watch is missing",
                                way,
                                lab -> lab.api().deny("watch"),
                                lab -> lab.api().deny("nothing"),
                                PROBLEM,
                                "access",
                                "may not watch")
                        .arrives(),
                Fault.of(
                                "the Service's policy is Cluster",
                                way,
                                lab -> lab.put(lab.service()
                                        .editSpec()
                                        .withExternalTrafficPolicy("Cluster")
                                        .endSpec()
                                        .build()),
                                lab -> lab.put(lab.service().build()),
                                PROBLEM,
                                "traffic_policy",
                                "is Cluster")
                        .arrives(),
                Fault.of(
                                "the API server is away",
                                way,
                                lab -> lab.lab().server().goAway(),
                                lab -> lab.lab().server().comeBack(),
                                WARNING,
                                "api_server",
                                "connection refused")
                        .arrives(),
                otherPort(WayIn.VIP_DIRECT),
                otherPort(WayIn.VIP_DIRECT6));
    }

    private static Fault otherPort(WayIn way) {
        return Fault.of(
                        "the Service's port is not the bind's",
                        way,
                        lab -> lab.put(lab.service()
                                .editSpec()
                                .editMatchingPort(port -> "UDP".equals(port.getProtocol()))
                                .withPort(514)
                                .endPort()
                                .endSpec()
                                .build()),
                        lab -> lab.put(lab.service().build()),
                        PROBLEM,
                        "service_port",
                        "has UDP port 514, and the listener takes the VIP's port 5514")
                .diesAtPort(514, "eth0", "neither NAT nor a listener took it");
    }

    private static Fault.Named edit(String name, String from, String to, String check, String finding) {
        return Fault.of(
                name,
                WayIn.DUMMY_INGRESS,
                lab -> lab.edit(from, to),
                lab -> lab.edit(to, from),
                PROBLEM,
                check,
                finding);
    }
}
