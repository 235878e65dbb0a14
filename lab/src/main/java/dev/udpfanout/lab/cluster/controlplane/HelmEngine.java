package dev.udpfanout.lab.cluster.controlplane;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.UpgradeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Helm's own engine on one release, as a process of its own: the engine's threads are not Java's, so the process has to
 * be in the API server's network namespace from its start.
 */
final class HelmEngine {
    private final String release;
    private final Path kubeconfig;
    private final Path chart;

    private HelmEngine(String release, Path kubeconfig, Path chart) {
        this.release = release;
        this.kubeconfig = kubeconfig;
        this.chart = chart;
    }

    /**
     * Runs one action, and prints the release's revision and state.
     *
     * @param arguments the release and its namespace, kubeconfig, chart, {@code install}, {@code upgrade} or
     *     {@code back}; then a value ({@code KEY=VALUE}) of an upgrade, or the revision to go back to
     */
    public static void main(String[] arguments) throws IOException {
        HelmEngine engine = new HelmEngine(arguments[0], Path.of(arguments[1]), Path.of(arguments[2]));
        String more = arguments.length > 4 ? arguments[4] : "";
        Release done =
                switch (arguments[3]) {
                    case "install" -> engine.install();
                    case "upgrade" -> engine.upgrade(more);
                    case "back" -> engine.back(Integer.parseInt(more));
                    default -> throw new IllegalArgumentException(arguments[3]);
                };
        System.out.println(done.getRevision() + " " + done.getStatus());
        System.exit(0);
    }

    private Release install() {
        return new Helm(chart)
                .install()
                .withName(release)
                .withNamespace(release)
                .withKubeConfig(kubeconfig)
                .call();
    }

    private Release upgrade(String value) {
        int equals = value.indexOf('=');
        return upgrading()
                .reuseValues()
                .set(value.substring(0, equals), value.substring(equals + 1))
                .call();
    }

    /**
     * The engine for Java has no rollback; an upgrade to the values of the earlier revision makes the same objects of
     * one chart.
     */
    private Release back(int revision) throws IOException {
        String values = Helm.get(release)
                .values()
                .allValues()
                .withRevision(revision)
                .withNamespace(release)
                .withKubeConfig(kubeconfig)
                .call();
        Path file = Files.createTempFile("udp-fanout-helm-", ".yaml");
        try {
            return upgrading()
                    .resetValues()
                    .withValuesFile(Files.writeString(file, values))
                    .call();
        } finally {
            Files.delete(file);
        }
    }

    private UpgradeCommand upgrading() {
        return new Helm(chart)
                .upgrade()
                .withName(release)
                .withNamespace(release)
                .withKubeConfig(kubeconfig);
    }
}
