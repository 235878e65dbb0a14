package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.loader.doctor.DoctorLab.WayIn;
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
                        "no Service logging/sylog"),
                edit(
                        "kubernetes.service is misspelt",
                        "service: receivers,",
                        "service: recievers,",
                        "receivers",
                        "logging/recievers"),
                edit(
                        "kubernetes.port is misspelt",
                        "port: syslog }",
                        "port: syslogs }",
                        "receivers",
                        "has no UDP port syslogs, but syslog (UDP 40514)"),
                new Fault(
                        "the right to watch is missing",
                        way,
                        lab -> lab.deny("watch"),
                        lab -> lab.deny("nothing"),
                        PROBLEM,
                        "access",
                        "may not watch"),
                new Fault(
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
                        "is Cluster"),
                new Fault(
                        "the API server is away",
                        way,
                        lab -> lab.lab().server().goAway(),
                        lab -> lab.lab().server().comeBack(),
                        WARNING,
                        "api_server",
                        "connection refused"));
    }

    private static Fault edit(String name, String from, String to, String check, String finding) {
        return new Fault(
                name,
                WayIn.DUMMY_INGRESS,
                lab -> lab.edit(from, to),
                lab -> lab.edit(to, from),
                PROBLEM,
                check,
                finding);
    }
}
