package dev.udpfanout.loader.doctor.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.VersionInfo;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PublishedAddressChecksTest {
    private static ListenerConfig listener(String more) throws Exception {
        return new ConfigReader(name -> true)
                .parse("""
                        listeners:
                          - bind: "10.255.0.1:5514"
                            interface: dummy0
                            kubernetes: { namespace: logging, service: receivers, port: syslog }
                            publish: { namespace: logging, service: syslog%s }
                        """.formatted(more), "config.yaml")
                .listeners()
                .getFirst();
    }

    private static Service service(String clusterIp) {
        return new ServiceBuilder(FakeService.withVips("192.168.1.100"))
                .editSpec()
                .withClusterIPs(clusterIp)
                .endSpec()
                .build();
    }

    private static VersionInfo version(String minor) throws Exception {
        return new VersionInfo.Builder().withMajor("1").withMinor(minor).build();
    }

    @ParameterizedTest
    @CsvSource({"35, false", "35+, false", "36, true", "36+, true", "37, true"})
    void shouldRefuseOneAddressForAllNodesWhereKubeProxyTakesItFromOneOnly(String minor, boolean isRefused)
            throws Exception {
        Optional<Diagnosis> found =
                PublishedAddressChecks.of(service("10.96.0.9"), listener(", addresses: bind"), version(minor));

        assertEquals(isRefused, found.isPresent());
        found.ifPresent(diagnosis -> {
            assertEquals(Result.PROBLEM, diagnosis.result());
            assertEquals(
                    "all nodes publish 10.255.0.1, and kube-proxy of Kubernetes 1." + minor
                            + " gives all but one nothing",
                    diagnosis.finding());
        });
    }

    @Test
    void shouldRefuseARangeThatHasTheServicesOwnAddress() throws Exception {
        ListenerConfig ranged = listener(", addresses: \"10.96.0.0/16\"");

        assertEquals(
                "the range 10.96.0.0/16 has 10.96.0.9, the Service's cluster IP",
                PublishedAddressChecks.of(service("10.96.0.9"), ranged, version("36"))
                        .orElseThrow()
                        .finding());
        assertEquals(Optional.empty(), PublishedAddressChecks.of(service("10.97.0.9"), ranged, version("36")));
        assertEquals(Optional.empty(), PublishedAddressChecks.of(service("None"), ranged, version("36")));
    }
}
