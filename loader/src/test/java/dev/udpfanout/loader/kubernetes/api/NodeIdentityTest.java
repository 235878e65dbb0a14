package dev.udpfanout.loader.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.MockResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class NodeIdentityTest {
    private static void write(Path root, String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    @Test
    void shouldTakeTheNodeFromTheDownwardApiAndTheNamespaceFromTheServiceAccount(@TempDir Path root)
            throws IOException {
        write(root, "var/run/secrets/kubernetes.io/serviceaccount/namespace", "udp-fanout");
        write(root, "proc/sys/kernel/hostname", "other\n");

        NodeIdentity identity = NodeIdentity.detect(Map.of("NODE_NAME", "node-a", "POD_NAMESPACE", "elsewhere"), root);

        assertEquals(new NodeIdentity("node-a", "udp-fanout"), identity);
    }

    @Test
    void shouldFallBackToTheHostnameAndTheEnvironment(@TempDir Path root) throws IOException {
        write(root, "proc/sys/kernel/hostname", "node-b\n");

        NodeIdentity identity = NodeIdentity.detect(Map.of("NODE_NAME", "", "POD_NAMESPACE", "elsewhere"), root);

        assertEquals(new NodeIdentity("node-b", "elsewhere"), identity);
    }

    @Test
    void shouldUseTheDefaultNamespaceOutsideOfACluster(@TempDir Path root) {
        assertEquals("default", NodeIdentity.detect(Map.of(), root).namespace());
    }

    @Test
    void shouldKnowTheZoneIfItMayAsk() {
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            client.resource(new NodeBuilder()
                            .withNewMetadata()
                            .withName("node-a")
                            .addToLabels("topology.kubernetes.io/zone", "zone-1")
                            .endMetadata()
                            .build())
                    .create();

            assertEquals(Optional.of("zone-1"), new NodeIdentity("node-a", "x").zone(client));
            assertEquals(Optional.empty(), new NodeIdentity("node-b", "x").zone(client));
            server.api().disturb((request, usual) -> new MockResponse().setResponseCode(403));
            assertEquals(Optional.empty(), new NodeIdentity("node-a", "x").zone(client));
        }
    }

    @Test
    void shouldTakeANodeWithoutLabelsAsOneWithoutAZone() {
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            server.api()
                    .disturb((request, usual) ->
                            new MockResponse().setResponseCode(200).setBody("""
                    {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node-a", "labels": null}}"""));

            assertEquals(Optional.empty(), new NodeIdentity("node-a", "x").zone(client));
        }
    }
}
