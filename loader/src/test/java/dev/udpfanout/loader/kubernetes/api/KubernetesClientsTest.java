package dev.udpfanout.loader.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.mockwebserver.http.MockResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class KubernetesClientsTest {
    @Test
    void shouldUseTheJdksHttpClient() {
        try (FakeApiServer server = FakeApiServer.absent();
                KubernetesClient client = server.client()) {
            assertTrue(client.getHttpClient().getClass().getName().contains(".jdkhttp."));
        }
    }

    @Test
    void shouldLeaveRetryingToTheCaller() {
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            server.api().disturb((request, usual) -> new MockResponse().setResponseCode(503));

            assertThrows(
                    KubernetesClientException.class,
                    () -> client.services().inNamespace("x").withName("y").get());

            assertEquals(1, server.api().requests().size());
        }
    }

    @Test
    void shouldStillReadTheTokenAgainWhenItExpires() {
        Config inCluster = Config.empty();
        inCluster.setAutoConfigure(true);

        try (KubernetesClient client = KubernetesClients.connect(inCluster)) {
            assertTrue(client.getConfiguration().getAutoConfigure());
        }
    }
}
