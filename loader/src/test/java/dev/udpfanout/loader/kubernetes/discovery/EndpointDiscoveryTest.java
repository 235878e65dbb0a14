package dev.udpfanout.loader.kubernetes.discovery;

import static dev.udpfanout.loader.kubernetes.fake.Slices.SERVICE;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class EndpointDiscoveryTest {
    private final List<List<DiscoveredEndpoint>> reported = new CopyOnWriteArrayList<>();
    private FakeApiServer server = FakeApiServer.running();
    private KubernetesClient client;
    private EndpointDiscovery discovery;

    @AfterEach
    void close() {
        if (discovery != null) {
            discovery.close();
        }
        if (client != null) {
            client.close();
        }
        server.close();
    }

    private void discover() {
        connect();
        discovery = new EndpointDiscovery(client, SERVICE, new Port.Name("syslog"), reported::add, TestTiming.WATCH);
        discovery.start();
    }

    private void connect() {
        if (client == null) {
            client = server.client();
        }
    }

    private void awaitWatch() {
        Eventually.isTrue(
                () -> discovery.state().connected() && server.api().watches().count() == 1, this::seen);
    }

    private Resource<EndpointSlice> slice(Endpoint... endpoints) {
        connect();
        return client.resource(Slices.ofService("receivers-abc", "syslog", 5514, endpoints));
    }

    private String seen() {
        return "reported " + reported + ", " + discovery.state();
    }

    private void awaitNames(String... names) {
        List<String> expected = List.of(names);
        Eventually.isTrue(() -> expected.equals(lastNames()), this::seen);
    }

    private List<String> lastNames() {
        return reported.isEmpty()
                ? List.of("nothing reported")
                : reported.getLast().stream().map(DiscoveredEndpoint::name).toList();
    }

    @Test
    void shouldReportAnEmptyListWhenThereAreNoSlices() {
        discover();

        awaitNames();
        assertTrue(discovery.hasSynced());
    }

    @Test
    void shouldFollowAdditionsUpdatesAndDeletions() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        slice(pod("one", "10.0.0.1"), pod("two", "10.0.0.2")).update();
        awaitNames("one", "two");

        slice(pod("two", "10.0.0.2")).update();
        awaitNames("two");

        slice().delete();
        awaitNames();
    }

    @Test
    void shouldReportConditionsWhenAPodTerminates() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        slice(pod("one", "10.0.0.1", false, true, true)).update();

        Eventually.isTrue(() -> reported.getLast().getFirst().terminating(), this::seen);
        DiscoveredEndpoint endpoint = reported.getLast().getFirst();
        assertFalse(endpoint.ready());
        assertTrue(endpoint.serving());
    }

    @Test
    void shouldIgnoreSlicesOfOtherServices() {
        slice(pod("one", "10.0.0.1")).create();
        EndpointSlice other = Slices.ofService("other-abc", "syslog", 5514, pod("other", "10.0.0.9"));
        other.getMetadata().getLabels().put("kubernetes.io/service-name", "other");
        client.resource(other).create();

        discover();

        awaitNames("one");
    }

    @Test
    void shouldCatchUpWhenTheWatchIsDropped() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        server.api().watches().drop();
        slice(pod("two", "10.0.0.2")).update();

        awaitNames("two");
        Eventually.isTrue(() -> discovery.state().relists() > 0, this::seen);
        assertEquals(0, discovery.state().errors(), "a server ends watches as a routine");
    }

    @Test
    void shouldListAgainWhenTheResourceVersionIsGone() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        server.api().watches().gone();

        Eventually.isTrue(() -> discovery.state().relists() == 1, this::seen);
        awaitWatch();
        slice(pod("two", "10.0.0.2")).update();
        awaitNames("two");
    }

    @Test
    void shouldListAgainWhenWatchingIsRefusedAsGone() {
        slice(pod("one", "10.0.0.1")).create();
        server.api()
                .disturb((request, usual) -> request.getPath().contains("watch=true")
                        ? new MockResponse().setResponseCode(410)
                        : usual.apply(request));
        discover();
        awaitNames("one");
        Eventually.isTrue(() -> discovery.state().relists() > 2, this::seen);

        server.api().behave();

        awaitWatch();
    }

    @Test
    void shouldKeepTheEndpointsWhenTheServerIsGoneForAWhile() {
        slice(pod("one", "10.0.0.1"), pod("two", "10.0.0.2")).create();
        discover();
        awaitNames("one", "two");
        awaitWatch();

        server.goAway();
        Eventually.isTrue(() -> discovery.state().errors() > 3, this::seen);
        assertFalse(discovery.state().connected());
        assertEquals(1, reported.size(), "what is known stays");

        server.comeBack();
        awaitWatch();
        assertEquals(1, reported.size(), "and nothing has changed");
        slice(pod("two", "10.0.0.2")).update();
        awaitNames("two");
    }

    @Test
    void shouldSeeWhatChangedWhileItCouldNotWatch() {
        slice(pod("one", "10.0.0.1"), pod("two", "10.0.0.2")).create();
        discover();
        awaitNames("one", "two");
        awaitWatch();
        server.api()
                .disturb((request, usual) -> request.method() == HttpMethod.GET
                        ? new MockResponse().setResponseCode(503)
                        : usual.apply(request));
        server.api().watches().drop();
        Eventually.isTrue(() -> discovery.state().errors() > 0, this::seen);

        client.resource(Slices.ofService("receivers-def", "syslog", 5514, pod("three", "10.0.0.3")))
                .create();
        slice().delete();
        assertEquals(1, reported.size());
        server.api().behave();

        awaitNames("three");
    }

    @Test
    void shouldWaitWhenThereIsNoServerAtStart() {
        server.close();
        server = FakeApiServer.absent();
        discover();
        Eventually.isTrue(() -> discovery.state().errors() > 3, this::seen);
        assertFalse(discovery.hasSynced());
        assertEquals(List.of(), reported);

        server.comeBack();
        slice(pod("one", "10.0.0.1")).create();

        awaitNames("one");
    }

    @Test
    void shouldRetryWhenTheServerRefuses() {
        slice(pod("one", "10.0.0.1")).create();
        server.api().disturb((request, usual) -> new MockResponse().setResponseCode(403));
        discover();
        Eventually.isTrue(() -> discovery.state().errors() > 2, this::seen);
        assertEquals(List.of(), reported);

        server.api().behave();

        awaitNames("one");
    }

    @Test
    void shouldSayEachReasonOnceWhenOneTakesThePlaceOfAnother() {
        try (LogLines log = LogLines.of(ResourceWatch.class)) {
            server.api().disturb((request, usual) -> new MockResponse().setResponseCode(403));
            discover();
            Eventually.isTrue(() -> discovery.state().errors() > 2, this::seen);
            assertEquals(1, log.count("failed to watch Kubernetes"), log.all()::toString);

            server.api().disturb((request, usual) -> new MockResponse().setResponseCode(500));

            long before = discovery.state().errors();
            Eventually.isTrue(() -> discovery.state().errors() > before + 3, this::seen);
            assertEquals(2, log.count("failed to watch Kubernetes"), log.all()::toString);
        }
    }

    @Test
    void shouldSayOnceThatThereAreNoSlices() {
        try (LogLines log = LogLines.of(EndpointDiscovery.class)) {
            discover();
            awaitNames();
            awaitWatch();
            assertEquals(1, log.count("there is no EndpointSlice of this Service"), log.all()::toString);

            slice(pod("one", "10.0.0.1")).create();
            awaitNames("one");
            slice().delete();
            awaitNames();

            Eventually.isTrue(() -> log.count("there is no EndpointSlice of this Service") == 2, log::all);
        }
    }

    @Test
    void shouldReportWhenTheServerIsSlow() {
        slice(pod("one", "10.0.0.1")).create();
        server.api().disturb((request, usual) -> usual.apply(request).setBodyDelay(700, TimeUnit.MILLISECONDS));

        discover();

        awaitNames("one");
        assertEquals(0, discovery.state().errors());
    }

    @Test
    void shouldReportTheSameOnlyOnce() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        EndpointSlice relabelled = Slices.ofService("receivers-abc", "syslog", 5514, pod("one", "10.0.0.1"));
        relabelled.getMetadata().getLabels().put("unrelated", "true");
        client.resource(relabelled).update();
        client.resource(Slices.ofService("receivers-def", "syslog", 5514, pod("two", "10.0.0.2")))
                .create();

        awaitNames("one", "two");
        assertEquals(2, reported.size());
    }

    @Test
    void shouldGoOnWhenTheConsumerFails() {
        slice(pod("one", "10.0.0.1")).create();
        connect();
        discovery = new EndpointDiscovery(
                client,
                SERVICE,
                new Port.Name("syslog"),
                endpoints -> {
                    reported.add(endpoints);
                    throw new IllegalStateException("on purpose");
                },
                TestTiming.WATCH);
        discovery.start();
        awaitNames("one");
        awaitWatch();

        slice(pod("two", "10.0.0.2")).update();

        awaitNames("two");
    }

    @Test
    void shouldEndItsThreadAndBeSilentWhenClosed() {
        slice(pod("one", "10.0.0.1")).create();
        discover();
        awaitNames("one");
        awaitWatch();

        discovery.close();

        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("watch ")));
        slice(pod("two", "10.0.0.2")).update();
        assertEquals(1, reported.size());
    }

    @Test
    void shouldCloseAtOnceWhenTheServerDoesNotAnswer() {
        server.api().disturb((request, usual) -> usual.apply(request).setBodyDelay(30, TimeUnit.SECONDS));
        discover();
        Eventually.isTrue(() -> !server.api().requests().isEmpty(), this::seen);

        long start = System.nanoTime();
        discovery.close();

        assertTrue(System.nanoTime() - start < Duration.ofSeconds(2).toNanos());
    }
}
