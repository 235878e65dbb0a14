package dev.udpfanout.loader.kubernetes.api;

import dev.udpfanout.loader.config.OwnNamespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who we are in the cluster.
 *
 * @param nodeName the node that this process runs on
 * @param namespace the pod's own; "default" outside of a cluster
 */
public record NodeIdentity(String nodeName, String namespace) {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
    private static final Path HOSTNAME = Path.of("proc/sys/kernel/hostname");
    private static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    /**
     * The node from {@code NODE_NAME} (to be set with the downward API: {@code spec.nodeName}), else the hostname; the
     * namespace from the service account, else {@code POD_NAMESPACE}.
     */
    public static NodeIdentity detect() {
        return detect(System.getenv(), Path.of("/"));
    }

    static NodeIdentity detect(Map<String, String> environment, Path root) {
        String nodeName = nonBlank(environment.get("NODE_NAME"))
                .or(() -> content(root.resolve(HOSTNAME)))
                .orElse("localhost");
        return new NodeIdentity(nodeName, OwnNamespace.detect(environment, root));
    }

    /** A Service by its name, in the namespace that is said, or else in our own. */
    public ServiceName service(Optional<String> namespaceSaid, String name) {
        return new ServiceName(namespaceSaid.orElse(namespace), name);
    }

    private static Optional<String> content(Path file) {
        try {
            // Not readString, which asks for one byte first: not every sysctl goes on from there.
            return nonBlank(String.join("\n", Files.readAllLines(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> nonBlank(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(stripped -> !stripped.isEmpty());
    }

    /**
     * The node's zone; empty if it has none, or the API server does not answer or does not let us ask: {@code get} on
     * nodes is optional. Blocks for as long as a request may take.
     */
    public Optional<String> zone(KubernetesClient client) {
        try {
            Node node = client.nodes().withName(nodeName).get();
            return Optional.ofNullable(node)
                    .map(Node::getMetadata)
                    .map(ObjectMeta::getLabels)
                    .map(labels -> labels.get(ZONE_LABEL));
        } catch (RuntimeException e) {
            LOG.atInfo()
                    .addKeyValue("node", nodeName)
                    .addKeyValue("reason", Reason.of(e))
                    .log("the zone of this node is unknown");
            return Optional.empty();
        }
    }
}
