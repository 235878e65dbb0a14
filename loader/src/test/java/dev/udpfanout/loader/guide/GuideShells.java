package dev.udpfanout.loader.guide;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import io.fabric8.kubernetes.api.model.Container;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the guide's commands are typed. The daemon's pod has the node's network, the capabilities of the manifest and
 * nothing else, its bpffs at /run/bpf, and its ConfigMap in /etc/udp-fanout; the node has the same bpffs where nodes
 * have it.
 *
 * @param bpffs a folder of this machine's bpffs
 * @param configMap the folder that is mounted as such
 * @param podEnvironment what the kubelet sets for the daemon
 */
record GuideShells(Topology topology, Path bpffs, Path configMap, Map<String, String> podEnvironment) {
    // /etc is writable for nobody: a copy takes its place, so that nothing has to be made in the real one.
    private static final String POD = """
            set -e
            mount -t tmpfs none /run
            mkdir /run/bpf /run/etc
            mount --bind "$BPFFS" /run/bpf
            mount -t tmpfs none /sys/fs/bpf
            cp -a /etc/. /run/etc
            mkdir -p /run/etc/udp-fanout
            mount --bind "$CONFIG" /run/etc/udp-fanout
            mount --rbind /run/etc /etc
            exec setpriv --no-new-privs --inh-caps=-all --bounding-set="$CAPABILITIES" "$@"
            """;

    private static final String NODE = """
            set -e
            mount --bind "$BPFFS" /sys/fs/bpf
            exec "$@"
            """;

    /** Where the image has them, too: before the packages' own. */
    private static final Path TOOLS = Manifests.ROOT.resolve("image/tools");

    /** Starts a container of the DaemonSet, by its arguments in the manifest. */
    LabProcess container(Container container) {
        List<String> command = new ArrayList<>(List.of(Distribution.command()));
        command.addAll(container.getArgs());
        return inPod(container, command);
    }

    /** Types a script in a place: {@code pod}, {@code node} or {@code client}. Errors come with the rest. */
    LabProcess type(String place, String script) {
        List<String> bash = List.of("bash", "-ec", script);
        return switch (place) {
            case "pod" -> inPod(Variant.METALLB.container(), bash);
            case "node" -> inOwnMounts(NODE, Map.of("BPFFS", bpffs.toString(), "PATH", path()), bash);
            case "client" -> topology.client().start(bash.toArray(String[]::new));
            default -> throw new IllegalArgumentException(place);
        };
    }

    private LabProcess inPod(Container container, List<String> command) {
        String capabilities = container.getSecurityContext().getCapabilities().getAdd().stream()
                .map(name -> ",+" + name.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("", "-all", ""));
        Map<String, String> all = new HashMap<>(podEnvironment);
        all.put("BPFFS", bpffs.toString());
        all.put("CONFIG", configMap.toString());
        all.put("CAPABILITIES", capabilities);
        all.put("PATH", TOOLS + ":" + path());
        return inOwnMounts(POD, all, command);
    }

    /** The commands of the image are found without a folder. */
    private static String path() {
        return Path.of(Distribution.command()).getParent() + ":" + System.getenv("PATH");
    }

    private LabProcess inOwnMounts(String mounts, Map<String, String> environment, List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", mounts, "sh"));
        all.addAll(command);
        return topology.node().start(environment, line -> {}, all.toArray(String[]::new));
    }
}
