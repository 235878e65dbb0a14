package dev.udpfanout.lab.cluster;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import dev.udpfanout.lab.cluster.controlplane.KubernetesRelease;
import dev.udpfanout.lab.cluster.controlplane.ProxyMode;
import dev.udpfanout.lab.cluster.scenario.Cluster;
import dev.udpfanout.lab.cluster.scenario.LossTable;
import dev.udpfanout.lab.cluster.scenario.Row;
import dev.udpfanout.lab.cluster.scenario.ScenarioFilter;
import dev.udpfanout.lab.cluster.scenario.ScenarioRun;
import dev.udpfanout.lab.cluster.scenario.Scenarios;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code make cluster-test}: for each release of Kubernetes and each mode of kube-proxy a cluster, the guide's objects,
 * and every scenario; a table of what was lost beside kube-proxy alone. Exits with 0 if all promises were kept or there
 * is no Kubernetes to test with, 1 if not, 2 if {@value KubernetesRelease#VARIABLE} or a name of scenarios is wrong.
 */
public final class ClusterTest {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final Path DAEMON = Path.of("loader/target/udp-fanout/bin/udp-fanout");

    private final PrintStream out;
    private final ScenarioFilter filter;
    private final String onlyMode;

    private ClusterTest(PrintStream out, ScenarioFilter filter, String onlyMode) {
        this.out = out;
        this.filter = filter;
        this.onlyMode = onlyMode;
    }

    /**
     * Runs it, in the repository's top folder.
     *
     * @param arguments part of the names of the scenarios to run, and a mode of kube-proxy; all if they are not there
     *     or empty
     */
    public static void main(String[] arguments) {
        System.exit(exitCode(argument(arguments, 0), argument(arguments, 1)));
    }

    private static String argument(String[] arguments, int index) {
        return arguments.length > index ? arguments[index] : "";
    }

    private static int exitCode(String filter, String onlyMode) {
        try {
            List<KubernetesRelease> releases = KubernetesRelease.find(System.getenv(KubernetesRelease.VARIABLE));
            if (releases.isEmpty()) {
                System.out.println("SKIPPED: no Kubernetes to test with, so nothing was tested. Set "
                        + KubernetesRelease.VARIABLE + " to a folder with "
                        + String.join(", ", KubernetesRelease.PROGRAMS)
                        + "; several folders are separated by a colon.");
                return 0;
            }
            ScenarioFilter scenarios = Scenarios.filter(filter);
            if (!scenarios.added().isEmpty()) {
                System.out.println(
                        "Scenarios that others rest on are run too: " + String.join("; ", scenarios.added()));
            }
            RootPrivilege.require();
            Bpffs.ensure();
            return new ClusterTest(System.out, scenarios, onlyMode).run(releases) ? 0 : EXIT_FAILED;
        } catch (IllegalArgumentException e) {
            System.err.println("cluster-test: " + e.getMessage());
            return EXIT_USAGE;
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            return EXIT_FAILED;
        }
    }

    private boolean run(List<KubernetesRelease> releases) throws IOException {
        List<String> tables = new ArrayList<>();
        boolean kept = true;
        for (KubernetesRelease release : releases) {
            for (ProxyMode mode : release.proxyModes()) {
                if (mode.flag().contains(onlyMode)) {
                    kept &= run(release, mode, tables);
                }
            }
        }
        tables.forEach(out::println);
        out.println(kept ? "PASS" : "FAIL");
        return kept;
    }

    private boolean run(KubernetesRelease release, ProxyMode mode, List<String> tables) throws IOException {
        String title = "Kubernetes " + release.version() + ", kube-proxy in mode " + mode.flag();
        out.println("== " + title);
        Path folder = Files.createTempDirectory("udp-fanout-cluster-");
        try (PrintStream log = new PrintStream(logFile(release, mode));
                Cluster cluster = new Cluster(new Cluster.Settings(
                        release,
                        mode,
                        Path.of("k8s"),
                        DAEMON,
                        folder,
                        line -> log.println(Instant.now() + " " + line)))) {
            ScenarioRun run = new ScenarioRun(cluster, out::println, filter);
            Scenarios.runAll(cluster, run);
            tables.add(LossTable.render(title, run.rows()) + String.join("\n", run.failures()));
            return run.failures().isEmpty() && run.rows().stream().allMatch(Row::kept);
        } finally {
            remove(folder);
        }
    }

    private static OutputStream logFile(KubernetesRelease release, ProxyMode mode) throws IOException {
        Path logs = Files.createDirectories(Path.of("lab/target/cluster"));
        return Files.newOutputStream(logs.resolve("daemons-" + release.version() + "-" + mode.flag() + ".log"));
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
