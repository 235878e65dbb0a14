package dev.udpfanout.lab.cluster.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens to the Services and their slices: the same to both. */
final class ServiceScenarios {
    private ServiceScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.notWorse(
                        "the Service's slices are deleted", Duration.ofSeconds(1), ServiceScenarios::noSlices),
                Scenario.lossless("a foreign slice comes and goes", ServiceScenarios::foreignSlice),
                Scenario.notWorse("the Service's port is renamed", Duration.ofSeconds(1), ServiceScenarios::renamePort),
                Scenario.notWorse(
                        "the Service is made anew",
                        Duration.ofSeconds(2),
                        cluster -> makeAnew(cluster, "--cascade=true")),
                Scenario.notWorse(
                        "the Service is made anew, --cascade=orphan",
                        Duration.ofSeconds(2),
                        cluster -> makeAnew(cluster, "--cascade=orphan")));
    }

    private static void noSlices(Cluster cluster) {
        cluster.kubectl()
                .run(
                        "-n",
                        Lane.NAMESPACE,
                        "delete",
                        "endpointslices",
                        "-l",
                        Slices.SERVICE_NAME + " in (" + Lane.UDP_FANOUT.service() + "," + Lane.KUBE_PROXY.service()
                                + ")");
        awaitSlices(cluster);
    }

    private static void awaitSlices(Cluster cluster) {
        Cluster.await(
                "a slice of each node",
                () -> cluster.slices().count(Lane.UDP_FANOUT) >= cluster.nodes().size());
        Cluster.await("a slice of the receivers", () -> cluster.slices().count(Lane.KUBE_PROXY) > 0);
    }

    private static void foreignSlice(Cluster cluster) {
        StringBuilder yaml = new StringBuilder();
        for (Lane lane : Lane.OF_GUIDE) {
            yaml.append(cluster.slices().foreign(lane)).append("---\n");
        }
        cluster.kubectl().apply(yaml.toString());
        Cluster.pause(Duration.ofSeconds(3));
        cluster.kubectl().run("-n", Lane.NAMESPACE, "delete", "endpointslices", "-l", Slices.FOREIGN + "=true");
    }

    private static void renamePort(Cluster cluster) {
        for (String name : List.of("renamed", "syslog")) {
            for (Lane lane : Lane.OF_GUIDE) {
                cluster.kubectl()
                        .run(
                                "-n",
                                Lane.NAMESPACE,
                                "patch",
                                "service",
                                lane.service(),
                                "--type=json",
                                "-p",
                                "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/name\",\"value\":\"" + name + "\"}]");
            }
            Cluster.pause(Duration.ofSeconds(5));
        }
    }

    private static void makeAnew(Cluster cluster, String cascade) throws IOException {
        KeptPlaces kept = new KeptPlaces(cluster.places(), Lane.OF_GUIDE);
        List<String> delete = new ArrayList<>(List.of("-n", Lane.NAMESPACE, "delete", "service", cascade));
        Lane.OF_GUIDE.forEach(lane -> delete.add(lane.service()));
        cluster.kubectl().run(delete.toArray(String[]::new));
        Cluster.pause(Duration.ofSeconds(2));
        cluster.kubectl().apply(kept.in(Lane.KUBE_PROXY, cluster.aloneService()));
        cluster.kubectl().apply(kept.in(Lane.UDP_FANOUT, Files.readString(cluster.manifest("service-metallb.yaml"))));
        awaitSlices(cluster);
        kept.assignVips();
        cluster.awaitDaemons();
    }
}
