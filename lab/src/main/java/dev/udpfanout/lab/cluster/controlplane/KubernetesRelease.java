package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of one version of Kubernetes.
 *
 * @param folder holds all of {@link #PROGRAMS}
 * @param version as kube-apiserver says it: {@code 1.20.2}
 */
public record KubernetesRelease(Path folder, String version) {
    /** The variable that names folders, several separated by a colon. */
    public static final String VARIABLE = "KUBERNETES_BIN";

    /** What a folder must hold. */
    public static final List<String> PROGRAMS =
            List.of("etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kubectl");

    /**
     * The minor version of the first whose slices name pods on their way out: EndpointSliceTerminatingCondition (KEP
     * 1672).
     */
    public static final int NAMES_ENDING_PODS = 22;

    private static final List<String> USUAL_FOLDERS =
            List.of("/usr/local/bin", "/usr/bin", "/usr/local/kubernetes/bin", "/usr/local/kubebuilder/bin");
    private static final Pattern VERSION = Pattern.compile("v(\\d+\\.(\\d+)\\.\\S+)");

    /**
     * Finds the releases to test with: those that {@link #VARIABLE} names, or else the first usual folder that has all
     * programs.
     *
     * @param variable the value of {@link #VARIABLE}; null if it is not set
     * @return empty if the variable is not set and no usual folder has them
     * @throws IllegalArgumentException if the variable names a folder that lacks a program
     */
    public static List<KubernetesRelease> find(String variable) {
        if (variable == null || variable.isBlank()) {
            return USUAL_FOLDERS.stream()
                    .map(Path::of)
                    .filter(folder -> missing(folder).isEmpty())
                    .limit(1)
                    .map(KubernetesRelease::in)
                    .toList();
        }
        List<KubernetesRelease> releases = new ArrayList<>();
        for (String name : variable.split(":")) {
            Path folder = Path.of(name).toAbsolutePath();
            List<String> missing = missing(folder);
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException(
                        VARIABLE + ": " + folder + " has no " + String.join(", ", missing) + "; put them there");
            }
            releases.add(in(folder));
        }
        return List.copyOf(releases);
    }

    private static List<String> missing(Path folder) {
        return PROGRAMS.stream()
                .filter(program -> !Files.isExecutable(folder.resolve(program)))
                .toList();
    }

    private static KubernetesRelease in(Path folder) {
        String said = Command.run(List.of(folder.resolve("kube-apiserver").toString(), "--version"));
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new IllegalArgumentException(folder + ": kube-apiserver does not say its version, but: " + said);
        }
        return new KubernetesRelease(folder, version.group(1));
    }

    /** The second number of the version: 20 of 1.20.2. */
    public int minor() {
        return Integer.parseInt(version.split("\\.")[1]);
    }

    /** The path of a program. */
    public String program(String name) {
        return folder.resolve(name).toString();
    }

    /** The modes of kube-proxy to test: nftables is there, and on by default, from 1.31 on (KEP 3866). */
    public List<ProxyMode> proxyModes() {
        return minor() >= 31 ? List.of(ProxyMode.values()) : List.of(ProxyMode.IPTABLES);
    }

    /** The version of discovery.k8s.io that has EndpointSlices: v1 from 1.21 on. */
    public String discoveryVersion() {
        return minor() >= 21 ? "v1" : "v1beta1";
    }

    /** Whether Services and pods have addresses of both families without a feature gate: from 1.23 on (KEP 563). */
    public boolean hasDualStack() {
        return minor() >= 23;
    }

    /** Flags that a program has only before a version. */
    Stream<String> flagsBefore(int minorVersion, String... flags) {
        return minor() < minorVersion ? Arrays.stream(flags) : Stream.empty();
    }
}
