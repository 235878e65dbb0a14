package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.process.LabProcess;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * etcd, kube-apiserver with RBAC and kube-controller-manager in the segment's namespace, at
 * {@link SegmentPlan#API_ADDRESS}. They end with the topology.
 */
public final class ControlPlane implements AutoCloseable {
    /** The range of ClusterIPs. */
    private static final String SERVICE_RANGE = "10.96.0.0/16";

    /** That of IPv6, where the release has both families. */
    private static final String SERVICE_RANGE6 = "2001:db8:96::/112";

    /** The API server's own ClusterIP, by which pods reach it. */
    public static final String API_CLUSTER_IP = "10.96.0.1";

    /** A minute at the most where there is a CPU for it; 1.20 has taken more than two minutes beside other builds. */
    static final Duration START_LIMIT = Duration.ofMinutes(6);

    private static final String SERVER = "https://" + SegmentPlan.API_ADDRESS + ":6443";

    private final KubernetesRelease release;
    private final LabNamespace namespace;
    private final Path folder;
    private final Credentials credentials;
    private final Etcd etcd;
    private final KubernetesClient client;
    private final Kubectl kubectl;
    private final Path adminConfig;
    private LabProcess apiServer;

    /**
     * Starts it, and waits until the API server is ready and the default ServiceAccount is there.
     *
     * @param folder for data and keys; the caller's to remove
     */
    public ControlPlane(KubernetesRelease release, LabNamespace namespace, Path folder) throws IOException {
        this.release = release;
        this.namespace = namespace;
        this.folder = folder;
        credentials = new Credentials(Files.createDirectories(folder.resolve("pki")));
        etcd = new Etcd(release, namespace, folder.resolve("etcd"));
        launchApiServer();
        BoundedWait.until(() -> Files.exists(credentials.certificate()) || !apiServer.isAlive(), START_LIMIT);
        client = new KubernetesClientBuilder()
                .withHttpClientFactory(new NamespaceHttp(namespace))
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(SERVER)
                        .withCaCertFile(credentials.certificate().toString())
                        .withOauthToken(credentials.adminToken())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        adminConfig = credentials.adminConfig(SERVER);
        kubectl = new Kubectl(release, namespace, adminConfig);
        awaitApiServer();
        startControllerManager();
        if (!BoundedWait.until(() -> kubectl.succeeds("get", "serviceaccount", "default"), START_LIMIT)) {
            throw new IllegalStateException("kube-controller-manager made no ServiceAccount within " + START_LIMIT);
        }
    }

    public KubernetesRelease release() {
        return release;
    }

    /** An administrator's client, for any thread of this process. */
    public KubernetesClient client() {
        return client;
    }

    /** kubectl of the same version, as an administrator. */
    public Kubectl kubectl() {
        return kubectl;
    }

    /** A chart as a release here, as an administrator. */
    public HelmRelease helm(Path chart) {
        return new HelmRelease(namespace, adminConfig, chart);
    }

    /** The API server's certificate, which stands for its authority too. */
    public Path certificate() {
        return credentials.certificate();
    }

    /** A kubeconfig file for kube-proxy. */
    public Path proxyConfig() throws IOException {
        return credentials.proxyConfig(SERVER);
    }

    /** Ends the API server as a crash would. */
    public void killApiServer() {
        // nsenter has become the program that it was told to run: the process is the API server's.
        apiServer.signal("KILL");
        apiServer.awaitExit(START_LIMIT);
    }

    /** Makes etcd forget earlier revisions: {@link Etcd#compact()}. */
    public void compact() {
        etcd.compact();
    }

    /** Starts the API server again if it has ended, and waits until it is ready. */
    public void startApiServer() {
        if (!apiServer.isAlive()) {
            launchApiServer();
        }
        awaitApiServer();
    }

    private void launchApiServer() {
        apiServer = namespace.start(
                release.program("kube-apiserver"),
                "--etcd-servers=" + Etcd.URL,
                "--bind-address=" + SegmentPlan.API_ADDRESS,
                "--advertise-address=" + SegmentPlan.API_ADDRESS,
                "--secure-port=6443",
                "--cert-dir=" + folder.resolve("pki"),
                "--token-auth-file=" + credentials.tokens(),
                "--authorization-mode=RBAC",
                "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
                // For the DaemonSet's capabilities.
                "--allow-privileged=true",
                "--service-cluster-ip-range="
                        + String.join(
                                ",",
                                release.hasDualStack()
                                        ? List.of(SERVICE_RANGE, SERVICE_RANGE6)
                                        : List.of(SERVICE_RANGE)),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + credentials.publicKey(),
                "--service-account-signing-key-file=" + credentials.signingKey());
    }

    private void awaitApiServer() {
        boolean ready = BoundedWait.until(() -> !apiServer.isAlive() || isReady(), START_LIMIT);
        if (!ready || !apiServer.isAlive()) {
            List<String> lines = apiServer.lines();
            throw new IllegalStateException("kube-apiserver is not ready: "
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
        }
    }

    private boolean isReady() {
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private void startControllerManager() throws IOException {
        String config = credentials.controllerManagerConfig(SERVER).toString();
        List<String> command = new ArrayList<>(List.of(
                release.program("kube-controller-manager"),
                "--kubeconfig=" + config,
                "--authentication-kubeconfig=" + config,
                "--authorization-kubeconfig=" + config,
                "--bind-address=127.0.0.1",
                "--cert-dir=" + folder.resolve("controller-manager"),
                "--leader-elect=false",
                "--use-service-account-credentials=true",
                "--service-account-private-key-file=" + credentials.signingKey(),
                "--root-ca-file=" + credentials.certificate(),
                // The lab's nodes have no kubelet that would report every ten seconds.
                "--controllers=*,-nodelifecycle"));
        release.flagsBefore(24, "--port=0").forEach(command::add);
        namespace.start(command.toArray(String[]::new));
    }

    @Override
    public void close() {
        client.close();
    }
}
