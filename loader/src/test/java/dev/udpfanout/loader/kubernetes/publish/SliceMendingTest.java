package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do to this node's slice, with a refresh that is too rare to mend it. */
@Tag("unit")
@Timeout(60)
class SliceMendingTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String SLICE = "syslog-udp-fanout-node-a-5514-ipv4";

    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();
    private final LogLines log = LogLines.of(ReadinessPublisher.class);
    private final ReadinessPublisher publisher = new ReadinessPublisher(
            client, FakeService.NAME, new InetSocketAddress("10.255.0.1", 5514), "node-a", TestTiming.PUBLISHER);

    @BeforeEach
    void publish() {
        client.resource(FakeService.withVips("192.0.2.10")).create();
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> publisher.state().published(), publisher::state);
        Eventually.isTrue(
                () -> publisher.watchStates().allMatch(WatchState::connected)
                        && server.api().watches().count() == 2,
                publisher::state);
    }

    @AfterEach
    void close() {
        publisher.close();
        client.close();
        server.close();
        log.close();
    }

    private EndpointSlice slice() {
        return client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("logging")
                .withName(SLICE)
                .get();
    }

    private void awaitMended() {
        Eventually.isTrue(() -> publisher.state().mended() > 0, publisher::state);
        Eventually.isTrue(() -> slice() != null, this::slice);
        assertTrue(slice().getEndpoints().getFirst().getConditions().getReady());
    }

    private List<RecordedRequest> applied() {
        return server.requests(request -> FakeApi.contentType(request).equals("application/apply-patch+yaml"));
    }

    @Test
    void shouldApplyAgainWhenSomeoneDeletesTheSlice() {
        client.resource(slice()).delete();

        awaitMended();
        assertEquals(1, log.count("this node's EndpointSlice was deleted by someone else"), log.all()::toString);
    }

    @Test
    void shouldApplyAgainWhenSomeoneChangesTheSlice() {
        EndpointSlice changed = slice();
        changed.getEndpoints().getFirst().getConditions().setReady(false);
        client.resource(changed).update();

        awaitMended();
        assertEquals(1, log.count("this node's EndpointSlice was changed by someone else"), log.all()::toString);
    }

    @Test
    void shouldMindItsOwnBusinessWhenOthersAddToTheSliceOrHaveOnesOfTheirOwn() {
        int before = applied().size();
        EndpointSlice annotated = slice();
        annotated.getMetadata().setAnnotations(Map.of("seen-by", "someone"));
        client.resource(annotated).update();
        EndpointSlice other = slice();
        other.getMetadata().setName("syslog-of-someone-else");
        other.getMetadata().setResourceVersion(null);
        client.resource(other).create();

        // What is published afterwards is seen afterwards.
        assertTrue(publisher.withdraw(LONG));
        assertEquals(before + 1, applied().size());
        assertEquals(0, publisher.state().mended());
    }

    @Test
    void shouldRefreshOftenOnlyWhileItCannotWatch() {
        server.api()
                .disturb((request, usual) -> request.getPath().contains("endpointslices?") && isRead(request)
                        ? new MockResponse().setResponseCode(403)
                        : usual.apply(request));
        server.api().watches().drop();
        try (ReadinessPublisher blind = new ReadinessPublisher(
                client,
                FakeService.NAME,
                new InetSocketAddress("10.255.0.1", 5514),
                "node-b",
                TestTiming.refreshing(Duration.ofHours(1), Duration.ofMillis(50)))) {
            blind.start();
            blind.publish(true);

            Eventually.isTrue(() -> blind.state().applied() > 3, blind::state);
        }
    }

    private static boolean isRead(RecordedRequest request) {
        return request.method() == HttpMethod.GET;
    }

    /**
     * The admission plugin OwnerReferencesPermissionEnforcement, for an account that may not delete slices: this one
     * has no owner.
     */
    private static MockResponse letNobodyOwn(RecordedRequest request, FakeApi.Usual usual) {
        if (!FakeApi.contentType(request).equals("application/apply-patch+yaml")) {
            return usual.apply(request);
        }
        String body = request.getUtf8Body();
        if (owners(Serialization.unmarshal(body, EndpointSlice.class)).isEmpty()) {
            // A body can be read only once.
            return usual.apply(new RecordedRequest(
                    "HTTP/1.1",
                    request.method(),
                    request.getPath(),
                    request.getHeaders(),
                    new Buffer().writeUtf8(body)));
        }
        return new MockResponse().setResponseCode(403).setBody("""
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "reason": "Forbidden",
                 "message": "cannot set an ownerRef on a resource you can't delete"}""");
    }

    private static List<String> owners(EndpointSlice slice) {
        return slice.getMetadata().getOwnerReferences().stream()
                .map(owner -> owner.getUid())
                .toList();
    }

    @Test
    void shouldKeepTheSliceOfAServiceMadeAnewWhoseSliceItMayNotOwn() {
        String uid = owners(slice()).getFirst();
        server.api().disturb(SliceMendingTest::letNobodyOwn);
        EndpointSlice orphan = slice();
        orphan.getMetadata().setOwnerReferences(List.of());
        client.resource(orphan).update();
        client.services().inNamespace("logging").withName("syslog").delete();
        assertNotEquals(
                uid,
                client.resource(FakeService.withVips("192.0.2.10"))
                        .create()
                        .getMetadata()
                        .getUid());

        publisher.publish(false);

        Eventually.isTrue(
                () -> publisher.state().published()
                        && !slice().getEndpoints().getFirst().getConditions().getReady(),
                publisher::state);
        assertEquals(List.of(), owners(slice()));
    }
}
