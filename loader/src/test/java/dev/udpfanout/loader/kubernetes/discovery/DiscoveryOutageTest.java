package dev.udpfanout.loader.kubernetes.discovery;

import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What discovery does while the API server is away, slow, or refuses. */
@Tag("unit")
class DiscoveryOutageTest extends DiscoveryLab {
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
        String why = discovery.state().lastError().orElseThrow();
        assertTrue(why.contains("the API server"), why);

        server.comeBack();
        awaitWatch();
        assertTrue(discovery.state().lastError().isEmpty());
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
}
