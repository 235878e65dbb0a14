package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class ReadinessPublisherTest extends PublisherLab {
    @Test
    void shouldPublishAnEndpointThatKubeProxyAndMetallbCanUse() {
        Service service = createService();
        publisher.start();

        publisher.publish(true);
        awaitPublished();

        EndpointSlice slice = slice();
        assertEquals(
                Map.of(
                        "kubernetes.io/service-name", "syslog",
                        "endpointslice.kubernetes.io/managed-by", "udp-fanout"),
                slice.getMetadata().getLabels());
        OwnerReference owner = slice.getMetadata().getOwnerReferences().getFirst();
        assertEquals("v1 Service syslog", owner.getApiVersion() + " " + owner.getKind() + " " + owner.getName());
        assertEquals(service.getMetadata().getUid(), owner.getUid());
        assertEquals("IPv4", slice.getAddressType());
        EndpointPort port = slice.getPorts().getFirst();
        assertEquals("syslog UDP 5514", port.getName() + " " + port.getProtocol() + " " + port.getPort());
        Endpoint endpoint = slice.getEndpoints().getFirst();
        assertEquals(List.of("10.255.0.1"), endpoint.getAddresses());
        assertEquals("node-a", endpoint.getNodeName());
        assertTrue(endpoint.getConditions().getReady());
        assertTrue(endpoint.getConditions().getServing());
        assertFalse(endpoint.getConditions().getTerminating());
    }

    @Test
    void shouldApplyOnTheServerSideByForce() {
        createService();
        publisher.start();

        publisher.publish(true);
        awaitPublished();

        RecordedRequest request = applied().getFirst();
        assertEquals("application/apply-patch+yaml", FakeApi.contentType(request));
        String[] pathAndQuery = request.getPath().split("\\?");
        assertEquals("/apis/discovery.k8s.io/v1/namespaces/logging/endpointslices/" + SLICE, pathAndQuery[0]);
        List<String> query = List.of(pathAndQuery[1].split("&"));
        assertTrue(query.contains("fieldManager=udp-fanout"), pathAndQuery[1]);
        assertTrue(query.contains("force=true"), pathAndQuery[1]);
    }

    @Test
    void shouldPublishNothingBeforeItIsAsked() {
        createService();
        publisher.start();
        awaitWatch();

        assertNull(slice());
        assertEquals(List.of(), applied());
    }

    @Test
    void shouldFollowReadiness() {
        createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();

        publisher.publish(false);
        awaitPublished();

        assertFalse(conditions().getReady());
        assertFalse(conditions().getServing());
        assertFalse(conditions().getTerminating());
    }

    @Test
    void shouldWithdrawSoThatKubeProxyStillDrains() {
        createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();

        assertTrue(publisher.withdraw(LONG));

        assertFalse(conditions().getReady());
        assertNull(conditions().getServing(), "MetalLB: as ready; kube-proxy: true");
        assertTrue(conditions().getTerminating());
    }

    @Test
    void shouldRemoveTheSlice() {
        createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();

        assertTrue(publisher.remove(LONG));

        assertNull(slice());
    }

    @Test
    void shouldRemoveWhenThereIsNothing() {
        publisher.start();

        assertTrue(publisher.remove(LONG));
    }

    @Test
    void shouldGiveUpWaitingButNotTryingWhenTheServerIsGone() {
        createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();
        server.goAway();

        assertFalse(publisher.withdraw(Duration.ofMillis(50)));
        Eventually.isTrue(() -> publisher.state().errors() > 2, publisher::state);
        server.comeBack();

        awaitPublished();
        assertFalse(conditions().getReady());
    }

    @Test
    void shouldPublishTheLatestWhenSeveralWishesWait() {
        createService();
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.PATCH
                        ? new MockResponse().setResponseCode(500)
                        : usual.apply(request));
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> publisher.state().errors() > 1, publisher::state);
        publisher.publish(false);
        publisher.publish(true);
        publisher.publish(false);

        server.api().behave();

        awaitPublished();
        assertFalse(conditions().getReady());
    }

    @Test
    void shouldLeaveThePlaceToASuccessorOnceItsRequestIsOver() {
        createService();
        List<Boolean> endedBefore = new CopyOnWriteArrayList<>();
        server.api().onApply(slice -> endedBefore.add(publisher.hasEnded()));
        server.api()
                .disturb((request, usual) ->
                        FakeApi.contentType(request).startsWith("application/apply-patch") && endedBefore.isEmpty()
                                ? usual.apply(request).setBodyDelay(Duration.ofMillis(300))
                                : usual.apply(request));
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> !endedBefore.isEmpty(), publisher::state);
        publisher.publish(false);

        try (ReadinessPublisher successor = new ReadinessPublisher(
                client, FakeService.NAME, new InetSocketAddress("10.255.0.2", 5514), "node-a", TestTiming.PUBLISHER)) {
            assertTrue(successor.keepsSliceOf(publisher));
            successor.startAfter(publisher);
            successor.publish(true);
            Eventually.isTrue(() -> successor.state().published(), successor::state);
        }

        assertEquals(List.of(false, true), endedBefore);
        assertEquals(List.of("10.255.0.2"), slice().getEndpoints().getFirst().getAddresses());
    }

    @Test
    void shouldApplyAgainWhenSomeoneDeletesTheSlice() {
        createService();
        PublisherTiming eager = TestTiming.refreshing(Duration.ofMillis(50), Duration.ofMillis(50));
        try (ReadinessPublisher other = new ReadinessPublisher(
                client, FakeService.NAME, new InetSocketAddress("10.255.0.1", 5514), "node-a", eager)) {
            other.start();
            other.publish(true);
            Eventually.isTrue(() -> other.state().published(), other::state);

            client.resource(slice()).delete();

            awaitSlice(slice -> slice.getEndpoints().getFirst().getConditions().getReady());
        }
    }

    @Test
    void shouldEndItsThreadsWhenClosedInTheMiddleOfARequest() {
        createService();
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.PATCH
                        ? usual.apply(request).setBodyDelay(Duration.ofSeconds(30))
                        : usual.apply(request));
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> !applied().isEmpty(), publisher::state);

        publisher.close();

        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("publish ")
                        || thread.getName().startsWith("watch ")));
    }
}
