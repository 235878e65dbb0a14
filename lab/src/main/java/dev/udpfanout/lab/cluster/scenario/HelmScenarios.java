package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.controlplane.HelmRelease;
import java.time.Duration;
import java.util.List;

/** The guide's objects become a release of Helm's, which changes and goes back: nothing of it may lose a datagram. */
final class HelmScenarios {
    private static final Duration ROLLOUT_LIMIT = Duration.ofMinutes(5);
    private static final long GRACE_SECONDS = 20;

    private HelmScenarios() {}

    static List<Scenario> all() {
        Scenario install = Scenario.lossless("Helm takes the guide's objects over", HelmScenarios::install);
        Scenario upgrade = Scenario.lossless("Helm upgrade that replaces the daemons", HelmScenarios::upgrade)
                .after(install.name());
        return List.of(
                install,
                upgrade,
                Scenario.lossless("Helm back to the first revision", HelmScenarios::back)
                        .after(upgrade.name()));
    }

    /** Helm takes over what says that it is the release's. */
    private static void install(Cluster cluster) {
        for (String object : List.of(
                "serviceaccount/udp-fanout",
                "configmap/udp-fanout",
                "daemonset/udp-fanout",
                "clusterrole/udp-fanout-discovery",
                "rolebinding/udp-fanout-discovery",
                "role/udp-fanout-publish",
                "rolebinding/udp-fanout-publish",
                "service/" + Lane.UDP_FANOUT.service())) {
            cluster.kubectl().run("-n", Lane.NAMESPACE, "label", object, "app.kubernetes.io/managed-by=Helm");
            cluster.kubectl()
                    .run(
                            "-n",
                            Lane.NAMESPACE,
                            "annotate",
                            object,
                            "meta.helm.sh/release-name=" + HelmRelease.NAME,
                            "meta.helm.sh/release-namespace=" + Lane.NAMESPACE);
        }
        expect("1 deployed", cluster.helm().install());
        expectGrace(cluster, GRACE_SECONDS);
    }

    /** The grace period follows drain_secs, so the pods change with the ConfigMap. */
    private static void upgrade(Cluster cluster) {
        expect("2 deployed", cluster.helm().upgrade("config.drain_secs=7"));
        expectGrace(cluster, GRACE_SECONDS + 2);
        awaitRollout(cluster);
    }

    private static void back(Cluster cluster) {
        expect("3 deployed", cluster.helm().back(1));
        expectGrace(cluster, GRACE_SECONDS);
        awaitRollout(cluster);
    }

    private static void awaitRollout(Cluster cluster) {
        cluster.kubectl().runWithin(ROLLOUT_LIMIT, "-n", Lane.NAMESPACE, "rollout", "status", "daemonset/udp-fanout");
    }

    private static void expectGrace(Cluster cluster, long seconds) {
        expect(
                Long.toString(seconds),
                cluster.kubectl()
                        .run(
                                "-n",
                                Lane.NAMESPACE,
                                "get",
                                "daemonset",
                                "udp-fanout",
                                "-o",
                                "jsonpath={.spec.template.spec.terminationGracePeriodSeconds}"));
    }

    private static void expect(String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new IllegalStateException("expected " + expected + ", but got " + actual);
        }
    }
}
