package dev.udpfanout.loader.kubernetes.discovery;

import static dev.udpfanout.loader.kubernetes.fake.Slices.SERVICE;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.mockwebserver.http.MockResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class EndpointDiscoveryTest extends DiscoveryLab {
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

    @Test
    void shouldKeepTheServiceWhenOneOfItsSlicesHasAnImpossiblePort() {
        slice(pod("one", "10.0.0.1")).create();
        client.resource(Slices.ofService("receivers-bad", "syslog", 65_536, pod("bad", "10.0.0.9")))
                .create();
        try (LogLines log = LogLines.of(EndpointDiscovery.class)) {
            discover();

            awaitNames("one");
            awaitWatch();
            assertEquals(1L, discovery.leftOut().get("bad_port"));
            assertEquals(1, log.count("a port that is not in 1..65535"), log.all()::toString);
        }
        slice(pod("one", "10.0.0.1"), pod("two", "10.0.0.2")).update();
        awaitNames("one", "two");
    }

    @Test
    void shouldReadSlicesThatLackAnythingThatMayBeMissing() {
        connect();
        String list = """
                {"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {"resourceVersion": "7"},
                 "items": [%s]}""".formatted(String.join(
                ", ", item("a", """
                        "ports": null, "endpoints": null"""), item("b", """
                        "ports": [null], "endpoints": [null]"""), item("c", """
                        "ports": [{}], "endpoints": [{}]"""), item("d", """
                        "ports": [{"name": "syslog", "protocol": "UDP", "port": null}],
                        "endpoints": [{"addresses": null, "conditions": null}]"""), item("e", """
                        "ports": [null, {"name": "syslog", "protocol": "UDP", "port": 5514}],
                        "endpoints": [null, {"addresses": [null, "10.0.0.1"], "conditions": {"ready": null}, "targetRef": {}}]""")));
        server.api()
                .disturb((request, usual) -> request.getPath().contains("endpointslices")
                                && !request.getPath().contains("watch=true")
                        ? new MockResponse().setResponseCode(200).setBody(list)
                        : usual.apply(request));

        discover();

        Eventually.isTrue(() -> lastNames().equals(List.of("10.0.0.1")), this::seen);
    }

    private static String item(String name, String rest) {
        return """
                {"metadata": {"name": "%s", "namespace": "logging", "labels": null}, "addressType": "IPv4", %s}""".formatted(name, rest);
    }

    @Test
    void shouldListInPages() {
        connect();
        String[] names = IntStream.range(0, 35).mapToObj("pod-%02d"::formatted).toArray(String[]::new);
        for (int n = 0; n < names.length; n++) {
            client.resource(Slices.ofService("receivers-" + n, "syslog", 5514, pod(names[n], "10.0.1." + n)))
                    .create();
        }
        discover();
        awaitNames(names);

        assertEquals(
                4,
                server.requests(request -> request.getPath().contains("endpointslices")
                                && request.getPath().contains("limit=10"))
                        .size());
    }
}
