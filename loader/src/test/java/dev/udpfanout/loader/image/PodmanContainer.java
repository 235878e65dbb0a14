package dev.udpfanout.loader.image;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A container of a pod, run by podman as the kubelet would have it run: with the manifest's user, capabilities, root
 * file system, system call filter, mounts and arguments, in the network of a node.
 *
 * @param pod whose container it is
 * @param container of the manifest
 * @param node stands for the host's network
 * @param volumes the folder of this machine that stands for each volume that is not an emptyDir
 * @param fields what the downward API says, by the path of the field
 * @param runtimeDefault what a runtime does that is told seccompProfile RuntimeDefault
 */
public record PodmanContainer(
        PodSpec pod,
        Container container,
        LabNamespace node,
        Map<String, Path> volumes,
        Map<String, String> fields,
        Path runtimeDefault) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Where limits cannot be raised, as inside another container. */
    public static final List<String> ANYWHERE =
            List.of("--runtime=runc", "--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096");

    /** Starts it, with more variables than the manifest has; ends with the node's topology. */
    public LabProcess start(Map<String, String> environment) {
        String name = name();
        node.closedWithTopology(() -> Command.run(List.of("podman", "rm", "--force", "--ignore", "--time=1", name)));
        return node.closedWithTopology(LabProcess.start(command(name, environment), Map.of(), line -> {}));
    }

    private String name() {
        return node.name() + "-" + container.getName();
    }

    /**
     * Types a line in the container that has been started, as {@code kubectl exec} does; what it prints. Fails if that
     * does.
     */
    public String exec(String line) {
        return Command.run(List.of("podman", "exec", name(), "sh", "-c", line));
    }

    /** Runs it to its end, which must be a good one; what it said. */
    public List<String> run() {
        LabProcess process = start(Map.of());
        int exitCode = process.awaitExit(LIMIT);
        if (exitCode != 0) {
            throw new AssertionError(container.getName() + " ended with " + exitCode + ": " + process.lines());
        }
        return process.lines();
    }

    private List<String> command(String name, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of("podman", "run", "--rm", "--name=" + name, "--pull=never"));
        command.addAll(ANYWHERE);
        command.add("--network=ns:" + node.path());
        command.addAll(security());
        for (EnvVar variable : container.getEnv()) {
            String value = variable.getValue() != null
                    ? variable.getValue()
                    : required(fields, variable.getValueFrom().getFieldRef().getFieldPath());
            command.add("--env=" + variable.getName() + "=" + value);
        }
        environment.forEach((key, value) -> command.add("--env=" + key + "=" + value));
        container.getVolumeMounts().forEach(mount -> command.add(mounted(mount)));
        command.add(container.getImage());
        command.addAll(container.getArgs());
        return command;
    }

    private List<String> security() {
        SecurityContext context = container.getSecurityContext();
        List<String> options = new ArrayList<>();
        options.add("--user=" + pod.getSecurityContext().getRunAsUser() + ":"
                + pod.getSecurityContext().getRunAsGroup());
        context.getCapabilities().getDrop().forEach(capability -> options.add("--cap-drop=" + capability));
        context.getCapabilities().getAdd().forEach(capability -> options.add("--cap-add=" + capability));
        if (Boolean.TRUE.equals(context.getPrivileged())) {
            options.add("--privileged");
        }
        if (Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())) {
            options.add("--security-opt=no-new-privileges");
        }
        if (Boolean.TRUE.equals(context.getReadOnlyRootFilesystem())) {
            options.add("--read-only");
            // podman would mount some of its own.
            options.add("--read-only-tmpfs=false");
        }
        String profile = pod.getSecurityContext().getSeccompProfile().getType();
        if (!profile.equals("RuntimeDefault")) {
            throw new AssertionError("only RuntimeDefault is known here; the manifest says " + profile);
        }
        options.add("--security-opt=seccomp=" + runtimeDefault);
        return options;
    }

    private String mounted(VolumeMount mount) {
        Volume volume = pod.getVolumes().stream()
                .filter(each -> each.getName().equals(mount.getName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no volume " + mount.getName()));
        if (volume.getEmptyDir() != null) {
            return "--tmpfs=" + mount.getMountPath() + ":size="
                    + volume.getEmptyDir().getSizeLimit().getNumericalAmount();
        }
        String readOnly = Boolean.TRUE.equals(mount.getReadOnly()) ? ":ro" : "";
        return "--volume=" + required(volumes, mount.getName()) + ":" + mount.getMountPath() + readOnly;
    }

    private static <T> T required(Map<String, T> map, String key) {
        if (!map.containsKey(key)) {
            throw new AssertionError("the manifest wants \"" + key + "\", the test has " + map.keySet());
        }
        return map.get(key);
    }
}
