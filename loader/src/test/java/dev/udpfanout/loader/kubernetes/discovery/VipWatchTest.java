package dev.udpfanout.loader.kubernetes.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class VipWatchTest {
    private final List<Set<InetAddress>> reported = new CopyOnWriteArrayList<>();
    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();
    private final VipWatch watch = new VipWatch(client, FakeService.NAME, reported::add, TestTiming.WATCH);

    @AfterEach
    void close() {
        watch.close();
        client.close();
        server.close();
    }

    private void awaitVips(String... vips) {
        Set<InetAddress> expected = Stream.of(vips).map(InetAddress::ofLiteral).collect(Collectors.toSet());
        Eventually.isTrue(() -> !reported.isEmpty() && reported.getLast().equals(expected), () -> reported);
    }

    private void awaitWatch() {
        Eventually.isTrue(
                () -> watch.state().connected() && server.api().watches().count() == 1, watch::state);
    }

    @Test
    void shouldReportNoneWhenThereIsNoService() {
        watch.start();

        awaitVips();
    }

    @Test
    void shouldFollowTheAddressesAsTheyChange() {
        client.resource(FakeService.withVips()).create();
        watch.start();
        awaitVips();
        awaitWatch();

        client.resource(FakeService.withVips("192.0.2.10")).update();
        awaitVips("192.0.2.10");

        client.resource(FakeService.withVips("192.0.2.11", "2001:db8::1")).update();
        awaitVips("192.0.2.11", "2001:db8::1");

        client.resource(FakeService.withVips()).delete();
        awaitVips();
    }

    @Test
    void shouldNotBeMistakenWhenAnotherServiceHasAddresses() {
        client.resource(FakeService.withVips("192.0.2.10")).create();
        client.resource(FakeService.withVips("192.0.2.99")
                        .edit()
                        .editMetadata()
                        .withName("other")
                        .endMetadata()
                        .build())
                .create();

        watch.start();

        awaitVips("192.0.2.10");
    }

    @Test
    void shouldKeepTheAddressesWhileTheServerIsGone() {
        client.resource(FakeService.withVips("192.0.2.10")).create();
        watch.start();
        awaitVips("192.0.2.10");
        awaitWatch();

        server.goAway();
        Eventually.isTrue(() -> watch.state().errors() > 2, watch::state);
        assertFalse(watch.state().connected());
        server.comeBack();
        awaitWatch();

        assertEquals(1, reported.size());
    }

    @Test
    void shouldTakeTheSoundAddressesOfAStatusWithOthers() {
        Service service = FakeService.withVips("192.0.2.10", "not-an-address", "0.0.0.0");
        service.getStatus().getLoadBalancer().getIngress().add(null);
        client.resource(service).create();

        watch.start();

        awaitVips("192.0.2.10");
    }
}
