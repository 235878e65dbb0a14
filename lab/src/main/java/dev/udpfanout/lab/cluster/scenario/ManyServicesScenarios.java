package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.scenario.Scenario.Spread;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A thousand annotated Services of the receivers come and go beside the one that is sent to. At its default of 20
 * requests a second kube-controller-manager takes a minute to make their slices.
 */
final class ManyServicesScenarios {
    private static final int SERVICES = 1_000;
    /** kubectl's limit is a minute. */
    private static final int SERVICES_AT_A_TIME = 100;

    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String LABEL = "udpfanout.dev/lab=many";
    private static final String COME = "annotated: 1,000 more Services come";
    private static final Pattern SERVED = Pattern.compile("(?m)^udp_fanout_services\\{.*state=\"served\".*} (\\d+)");

    private ManyServicesScenarios() {}

    /** All of them, in the order in which they are run. */
    static List<Scenario> all() {
        return List.of(
                Scenario.lossless(COME, ManyServicesScenarios::come)
                        .then(Spread.EVEN)
                        .after(AnnotatedScenarios.IN_FORCE),
                Scenario.lossless("annotated: each daemon is killed among 1,000", AnnotatedScenarios::killEach)
                        .then(Spread.EVEN)
                        .after(COME),
                Scenario.lossless("annotated: 1,000 more Services go", ManyServicesScenarios::go)
                        .then(Spread.EVEN)
                        .after(COME));
    }

    private static void come(Cluster cluster) {
        List<Long> before = served(cluster);
        for (int first = 0; first < SERVICES; first += SERVICES_AT_A_TIME) {
            cluster.kubectl()
                    .apply(IntStream.range(first, first + SERVICES_AT_A_TIME)
                            .mapToObj(ManyServicesScenarios::yaml)
                            .collect(Collectors.joining("---\n")));
        }
        Cluster.await("slices of " + SERVICES + " Services", LIMIT, () -> {
            Cluster.pause(LOOK);
            Map<String, List<Integer>> receivers = cluster.slices().receivers();
            return IntStream.range(0, SERVICES)
                    .allMatch(number -> List.of(Cluster.EXAMPLE_RECEIVERS).equals(receivers.get(name(number))));
        });
        awaitServed(cluster, before, SERVICES);
    }

    private static void go(Cluster cluster) {
        List<Long> before = served(cluster);
        cluster.kubectl().runWithin(LIMIT, "-n", Lane.NAMESPACE, "delete", "service", "-l", LABEL);
        awaitServed(cluster, before, -SERVICES);
    }

    /** Waits until each node's daemon serves so many more Services than before; negative: so many less. */
    private static void awaitServed(Cluster cluster, List<Long> before, int more) {
        Cluster.await(more + " more Services served by each daemon", LIMIT, () -> {
            Cluster.pause(LOOK);
            return served(cluster)
                    .equals(before.stream().map(services -> services + more).toList());
        });
    }

    /** How many annotated Services each node's daemon serves. */
    private static List<Long> served(Cluster cluster) {
        return cluster.nodes().stream().map(node -> served(cluster, node)).toList();
    }

    /** How many annotated Services a node's daemon serves; 0 if it does not answer. */
    private static long served(Cluster cluster, ClusterNode node) {
        Matcher line = SERVED.matcher(cluster.daemon(node).page("/metrics"));
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    private static String name(int number) {
        return "many-%04d".formatted(number);
    }

    private static String yaml(int number) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  namespace: %s
                  labels: { %s }
                  annotations: { udpfanout.dev/policy: round_robin }
                spec:
                  selector: { app: udp-receiver }
                  ports: [{ name: syslog, protocol: UDP, port: %d, targetPort: syslog }]
                """.formatted(name(number), Lane.NAMESPACE, LABEL.replace("=", ": "), Lane.PORT);
    }
}
