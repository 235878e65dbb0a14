package dev.udpfanout.loader.doctor.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ServiceProxyChecksTest {
    private static final String KUBE_PROXY = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:2809 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21134 1
            """;
    private static final String CLIENT_OF_KUBE_PROXY = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:2809 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 21134 1
            """;

    /** Stands for /proc. */
    @TempDir
    private Path proc;

    private void interfaces(String... names) throws IOException {
        StringBuilder text = new StringBuilder("Inter-|   Receive\n face |bytes    packets\n");
        for (String name : names) {
            text.append(" ").append(name).append(": 0 0 0 0\n");
        }
        write("dev", text.toString());
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net").resolve(name), content);
    }

    private static Config config(String place) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - bind: "10.255.0.1:5514"
                    interface: %s
                    downstream: [ { address: "10.42.0.11:5514" } ]
                    publish: { namespace: logging, service: syslog }
                """.formatted(place), "config.yaml");
    }

    private Optional<Diagnosis> found(String place) throws InvalidConfigException {
        return new ServiceProxyChecks(new NodeFiles(proc)).of(config(place).listeners());
    }

    @ParameterizedTest
    @CsvSource({"cilium_host, Cilium", "bpfin.cali, Calico", "bpfout.cali, Calico", "ovn-k8s-mp0, OVN-Kubernetes"})
    void shouldTellApartWhatStandsInKubeProxysPlace(String itsInterface, String name) throws Exception {
        interfaces("lo", "eth0", itsInterface);

        Diagnosis onDummy = found("dummy0").orElseThrow();
        assertEquals(Result.WARNING, onDummy.result());
        assertTrue(onDummy.finding().contains(name), onDummy::finding);
        assertTrue(onDummy.mend().contains("VIP-direct"), onDummy::mend);
        assertEquals(Result.OK, found("eth0").orElseThrow().result());
    }

    @Test
    void shouldFindNothingWrongWithANetworkThatHasKubeProxyBesideIt() throws Exception {
        interfaces("lo", "cilium_host");
        write("tcp", KUBE_PROXY);

        assertEquals(Result.OK, found("dummy0").orElseThrow().result());
    }

    @Test
    void shouldNotTakeAConnectionForAListeningKubeProxy() throws Exception {
        interfaces("lo", "cilium_host");
        write("tcp", CLIENT_OF_KUBE_PROXY);

        assertEquals(Result.WARNING, found("dummy0").orElseThrow().result());
    }

    @Test
    void shouldSayOfIpvsModeThatOnlyATestDatagramTellsForADummyInterface() throws Exception {
        interfaces("lo", "kube-ipvs0");
        write("tcp6", KUBE_PROXY);

        Diagnosis onDummy = found("dummy0").orElseThrow();
        assertEquals(Result.NOT_CHECKED, onDummy.result());
        assertTrue(onDummy.finding().contains("never tried"), onDummy::finding);
        assertTrue(onDummy.mend().contains("udp-fanout trace --to VIP:PORT"), onDummy::mend);
        assertEquals(Result.OK, found("eth0").orElseThrow().result());
    }

    @Test
    void shouldSayNothingWhereNothingShowsItself() throws Exception {
        interfaces("lo", "eth0");

        assertEquals(Optional.empty(), found("dummy0"));
    }
}
