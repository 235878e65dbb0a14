package dev.udpfanout.lab.cluster.node;

import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import dev.udpfanout.lab.cluster.controlplane.NamespaceHttp;
import dev.udpfanout.lab.process.LabProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The daemon as its DaemonSet's pod: its init container, then "run" with the arguments of the manifest. In a mount
 * namespace of its own it finds its ServiceAccount's token, and a folder of bpffs that stands for the node's, where the
 * manifest mounts them; the API server it finds by the ClusterIP, as any pod. It is started again when it ends by
 * itself.
 */
public final class DaemonPod implements PodOnNode {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);
    private static final String CONFIG_MOUNT = "/etc/udp-fanout";
    private static final String MOUNTS = "mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io /run/bpf"
            + " && ln -s \"$1\" /run/secrets/kubernetes.io/serviceaccount && mount --bind \"$2\" /run/bpf && shift 2 && exec \"$@\"";

    private final Pod pod;
    private final ClusterNode node;
    private final ControlPlane controlPlane;
    private final String executable;
    private final Path folder;
    private final ServiceAccountMount mount;
    private final Consumer<String> log;
    private final HttpClient http;
    private LabProcess process;
    private boolean stopping;
    private volatile boolean suspended;

    /**
     * What all daemons of a cluster have in common.
     *
     * @param executable of the distribution
     * @param folder for what is mounted into pods
     * @param log told of each line of each daemon, with the node's name before it
     */
    public record Settings(ControlPlane controlPlane, Path executable, Path folder, Consumer<String> log) {}

    DaemonPod(Pod pod, ClusterNode node, Settings settings) throws IOException {
        this.pod = pod;
        this.node = node;
        this.controlPlane = settings.controlPlane();
        this.executable = settings.executable().toAbsolutePath().toString();
        this.folder = Files.createDirectories(
                settings.folder().resolve(pod.getMetadata().getName()));
        this.mount = new ServiceAccountMount(controlPlane, pod, Files.createDirectories(folder.resolve("account")));
        this.log = line -> settings.log().accept(node.name() + " " + line);
        this.http = new NamespaceHttp(node.namespace()).client();
    }

    @Override
    public ClusterNode node() {
        return node;
    }

    @Override
    public List<String> addresses() {
        return List.of(node.address());
    }

    /** The pod's name. */
    public String name() {
        return pod.getMetadata().getName();
    }

    /** The files of its ServiceAccount. */
    public ServiceAccountMount account() {
        return mount;
    }

    @Override
    public void start() throws IOException {
        Files.createDirectories(node.pins());
        mount.renew();
        writeConfig();
        for (Container container : pod.getSpec().getInitContainers()) {
            LabProcess init = launch(container);
            if (init.awaitExit(LIMIT) != 0) {
                throw new IllegalStateException(container.getName() + ": " + init.lines());
            }
        }
        restart();
    }

    private synchronized void restart() {
        if (!stopping) {
            process = launch(pod.getSpec().getContainers().getFirst());
        }
    }

    /** Ends the daemon as the kernel would for lack of memory; it is started again soon. */
    public void kill() {
        LabProcess killed;
        synchronized (this) {
            killed = process;
        }
        killed.signal("KILL");
        killed.awaitExit(LIMIT);
    }

    /** As {@link #kill}, but it is not started again before {@link #resume}. */
    public void suspend() {
        suspended = true;
        kill();
    }

    /** Has it started again. */
    public void resume() {
        suspended = false;
    }

    private void writeConfig() throws IOException {
        ConfigMap map = controlPlane
                .client()
                .configMaps()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName("udp-fanout")
                .require();
        for (Map.Entry<String, String> file : map.getData().entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private LabProcess launch(Container container) {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--",
                "sh",
                "-c",
                MOUNTS,
                "sh",
                mount.folder().toString(),
                node.pins().toString()));
        command.add(executable);
        container.getArgs().forEach(argument -> command.add(argument.replace(CONFIG_MOUNT, folder.toString())));
        return node.namespace()
                .start(
                        Map.of(
                                "NODE_NAME",
                                node.name(),
                                "POD_NAMESPACE",
                                pod.getMetadata().getNamespace(),
                                "KUBERNETES_SERVICE_HOST",
                                ControlPlane.API_CLUSTER_IP,
                                "KUBERNETES_SERVICE_PORT",
                                "443"),
                        log,
                        command.toArray(String[]::new));
    }

    /** Its page of a path, or why there is none. */
    public String page(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:9090" + path))
                    .timeout(PROBE_LIMIT)
                    .build();
            return NamespaceHttp.send(http, request).body();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Whether its readiness probe succeeds just now. */
    public boolean isReady() {
        return notReady().isEmpty();
    }

    @Override
    public Optional<String> notReady() {
        return Optional.of(page("/readyz")).filter(page -> !page.startsWith("ready"));
    }

    @Override
    public synchronized void tend() {
        if (!suspended && !process.isAlive()) {
            restart();
        }
    }

    @Override
    public void stop() {
        LabProcess last;
        synchronized (this) {
            stopping = true;
            last = process;
        }
        if (last.isAlive()) {
            last.stop(Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds()));
        }
        http.shutdownNow();
    }
}
