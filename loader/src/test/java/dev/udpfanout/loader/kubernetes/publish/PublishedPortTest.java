package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PublishedPortTest {
    private static Service service(ServiceBuilder builder) {
        return builder.editMetadata().withUid("uid").endMetadata().build();
    }

    private static ServiceBuilder twoPorts() {
        return FakeService.withUdpPort("syslog", 514, 5514)
                .editSpec()
                .addNewPort()
                .withName("netflow")
                .withProtocol("UDP")
                .withPort(5514)
                .withNewTargetPort(2055)
                .endPort()
                .endSpec();
    }

    @Test
    void shouldPreferThePortWhoseDatagramsComeToTheListener() {
        assertEquals(Optional.of(new PublishedPort("uid", "syslog")), PublishedPort.of(service(twoPorts()), 5514));
        assertEquals(Optional.of(new PublishedPort("uid", "netflow")), PublishedPort.of(service(twoPorts()), 2055));
    }

    @Test
    void shouldTakeThePortOfThatNumberWhenNoneTargetsTheListener() {
        assertEquals(Optional.of(new PublishedPort("uid", "syslog")), PublishedPort.of(service(twoPorts()), 514));
    }

    @Test
    void shouldFindNoneWhenSeveralCouldBeMeant() {
        assertEquals(Optional.empty(), PublishedPort.of(service(twoPorts()), 9999));
    }

    @Test
    void shouldTakeTheOnlyUdpPortWhenNoNumberMatches() {
        Service one = service(FakeService.withUdpPort("syslog", 514, 5514));

        assertEquals(Optional.of(new PublishedPort("uid", "syslog")), PublishedPort.of(one, 9999));
    }
}
