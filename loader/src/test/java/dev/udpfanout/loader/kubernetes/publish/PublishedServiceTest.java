package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a publisher does when the Service changes, is gone, or comes back. */
@Tag("unit")
class PublishedServiceTest extends PublisherLab {
    @Test
    void shouldFollowTheNameOfThePort() {
        createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();
        awaitWatch();

        client.resource(FakeService.withUdpPort("renamed", 514, 5514).build()).update();

        awaitSlice(slice -> slice.getPorts().getFirst().getName().equals("renamed"));
    }

    @Test
    void shouldNameThePortEvenIfTheServiceDoesNot() {
        client.resource(FakeService.withUdpPort(null, 514, 5514).build()).create();
        publisher.start();

        publisher.publish(true);
        awaitPublished();

        assertEquals("", slice().getPorts().getFirst().getName(), "kube-proxy leaves out a port that is null");
    }

    @Test
    void shouldApplyAgainWhenTheServiceIsCreatedAnew() {
        Service first = createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();
        awaitWatch();

        client.resource(first).delete();
        // As the garbage collector does.
        client.resource(slice()).delete();
        Eventually.isTrue(() -> !publisher.state().published(), publisher::state);
        Service second = createService();

        awaitSlice(slice -> slice.getMetadata()
                .getOwnerReferences()
                .getFirst()
                .getUid()
                .equals(second.getMetadata().getUid()));
    }

    @Test
    void shouldPublishWhenTheServiceIsBackThatWasThereBefore() {
        Service service = createService();
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.PATCH
                        ? new MockResponse().setResponseCode(500)
                        : usual.apply(request));
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> publisher.state().errors() > 0, publisher::state);
        awaitWatch();
        server.api().behave();
        client.resource(service).delete();

        createService();

        awaitPublished();
        assertTrue(conditions().getReady());
    }

    @Test
    void shouldWaitForTheService() {
        publisher.start();
        publisher.publish(true);
        awaitWatch();
        assertFalse(publisher.state().published());

        createService();

        awaitPublished();
        assertTrue(conditions().getReady());
    }

    @Test
    void shouldHaveNobodyToTellWhenTheServiceIsGone() {
        publisher.start();
        publisher.publish(true);
        awaitWatch();

        assertTrue(publisher.withdraw(LONG));
        assertEquals(List.of(), applied());
    }

    @Test
    void shouldNotPublishWhenTheServiceHasNoUdpPort() {
        Service tcpOnly = FakeService.withUdpPort("syslog", 514, 5514).build();
        tcpOnly.getSpec().getPorts().removeLast();
        client.resource(tcpOnly).create();
        publisher.start();
        publisher.publish(true);
        awaitWatch();

        assertFalse(publisher.withdraw(Duration.ofMillis(50)));
        assertEquals(List.of(), applied());
    }

    @Test
    void shouldGoOnAfterAServiceWithoutASpecOrWithPortsThatAreNone() {
        Service whole = createService();
        publisher.start();
        publisher.publish(true);
        awaitPublished();
        awaitWatch();
        Service bare = new ServiceBuilder(whole)
                .editMetadata()
                .withResourceVersion(null)
                .endMetadata()
                .withSpec(null)
                .build();
        server.api().put(bare);
        Eventually.isTrue(() -> !publisher.state().published(), publisher::state);
        Service odd = FakeService.withUdpPort("syslog", 514, 5514).build();
        odd.getSpec().getPorts().forEach(port -> port.setPort(null));
        odd.getSpec().getPorts().addFirst(null);
        server.api().put(odd);

        server.api().put(FakeService.withUdpPort("renamed", 514, 5514).build());

        awaitSlice(slice -> slice.getPorts().getFirst().getName().equals("renamed"));
        awaitPublished();
    }

    @Test
    void shouldGoOnAfterAnAnswerWithoutMetadata() {
        createService();
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.PATCH
                        ? new MockResponse().setResponseCode(200).setBody("""
                                {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1"}""")
                        : usual.apply(request));
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> !applied().isEmpty(), publisher::state);
        server.api().behave();

        publisher.publish(false);

        awaitSlice(slice -> !slice.getEndpoints().getFirst().getConditions().getReady());
    }
}
