package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a publisher says, and that it is true. */
@Tag("unit")
@Timeout(60)
class PublisherLogTest {
    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();
    private final LogLines log = LogLines.of(ReadinessPublisher.class);
    private final ReadinessPublisher publisher = new ReadinessPublisher(
            client, FakeService.NAME, new InetSocketAddress("10.255.0.1", 5514), "node-a", TestTiming.PUBLISHER);

    @AfterEach
    void close() {
        publisher.close();
        client.close();
        server.close();
        log.close();
    }

    private void awaitLine(String text) {
        Eventually.isTrue(() -> log.count(text) > 0, log::all);
    }

    @Test
    void shouldSayTheReasonThatTakesThePlaceOfAnother() {
        publisher.start();
        publisher.publish(true);
        awaitLine("reason=no such Service");
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.PATCH
                        ? new MockResponse().setResponseCode(403)
                        : usual.apply(request));

        client.resource(FakeService.withVips("192.0.2.10")).create();

        awaitLine("Forbidden");
        Eventually.isTrue(() -> publisher.state().errors() > 3, publisher::state);
        assertEquals(1, log.count("Forbidden"), log.all()::toString);
    }

    @Test
    void shouldNotSayThatItIsWithdrawnWhenThereIsNoService() {
        publisher.start();
        publisher.publish(true);
        awaitLine("no such Service");

        assertTrue(publisher.withdraw(Duration.ofSeconds(20)));

        awaitLine("nothing to withdraw: no such Service");
        assertEquals(0, log.count("published: withdrawn"), log.all()::toString);
    }

    @Test
    void shouldNotSayThatItIsWithdrawnWhenTheServiceWasDeleted() {
        client.resource(FakeService.withVips("192.0.2.10")).create();
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(
                () -> publisher.state().published() && publisher.watchStates().allMatch(WatchState::connected),
                publisher::state);
        client.services().inNamespace("logging").withName("syslog").delete();
        Eventually.isTrue(() -> !publisher.state().published(), publisher::state);

        assertTrue(publisher.withdraw(Duration.ofSeconds(20)));

        awaitLine("nothing to withdraw: no such Service");
        assertEquals(0, log.count("published: withdrawn"), log.all()::toString);
    }
}
