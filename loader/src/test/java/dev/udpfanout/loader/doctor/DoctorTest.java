package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.kubernetes.ServiceChecks;
import dev.udpfanout.loader.doctor.network.ForwardingChecks;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class DoctorTest {
    private static final ConnectionTrackingChecks.Place LISTENER =
            new ConnectionTrackingChecks.Place(InetAddress.ofLiteral("10.255.0.1"), 5514);
    private static final String ENTRY =
            "ipv4     2 udp      17 28 src=192.168.1.10 dst=%s sport=40000 dport=514 [UNREPLIED] src=%s dst=192.168.1.10"
                    + " sport=5514 dport=40000 mark=0 zone=0 use=2%n";

    /** Stands for /proc. */
    @TempDir
    private Path proc;

    private void write(String name, String content) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void sysctl(String name, int value) throws IOException {
        write("sys/net/" + name, value + "\n");
    }

    private static Config config(String bind, String interfaceName) throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse(
                        """
                listeners:
                  - bind: "%s"
                    interface: %s
                    downstream: [ { address: "%s:5514" } ]
                    publish: { namespace: logging, service: syslog }
                """.formatted(bind, interfaceName, bind.startsWith("[") ? "[fd00::1]" : "10.42.0.11"),
                        "config.yaml");
    }

    private static List<ServedListener> served(Config config) {
        DaemonStatus none = new DaemonStatus(false, "", Optional.empty(), "");
        return config.listeners().stream()
                .map(listener -> ServedListener.of(listener, none))
                .toList();
    }

    private Map<String, Result> forwarding(Config config) {
        return new ForwardingChecks(new NodeFiles(proc))
                .of(served(config)).stream().collect(Collectors.toMap(Diagnosis::check, Diagnosis::result));
    }

    @Test
    void shouldFindNothingWrongWhenTheKernelForwards() throws Exception {
        sysctl("ipv4/ip_forward", 1);
        sysctl("ipv4/conf/dummy0/forwarding", 1);

        assertEquals(
                Map.of(
                        "ip_forward", Result.OK,
                        "rp_filter", Result.OK,
                        "interface_forwarding", Result.OK),
                forwarding(config("10.255.0.1:5514", "dummy0")));
    }

    @Test
    void shouldCallItAProblemWhenForwardingIsOff() throws Exception {
        sysctl("ipv4/ip_forward", 0);
        sysctl("ipv4/conf/dummy0/forwarding", 0);

        Map<String, Result> found = forwarding(config("10.255.0.1:5514", "dummy0"));
        assertEquals(Result.PROBLEM, found.get("ip_forward"));
        assertEquals(Result.PROBLEM, found.get("interface_forwarding"));
    }

    @Test
    void shouldAskForTheNicsSettingOnlyWhenThatIsWhereTheProgramIs() throws Exception {
        sysctl("ipv4/ip_forward", 0);
        sysctl("ipv4/conf/eth0/forwarding", 1);

        assertEquals(Map.of("interface_forwarding", Result.OK), forwarding(config("vip:5514", "eth0")));
    }

    @Test
    void shouldAskForTheSettingsOfIpv6WhenTheListenerIsOfIt() throws Exception {
        sysctl("ipv6/conf/all/forwarding", 0);
        sysctl("ipv6/conf/dummy0/forwarding", 0);

        assertEquals(
                Map.of("ip_forward", Result.PROBLEM, "interface_forwarding", Result.PROBLEM),
                forwarding(config("[fd00:255::1]:5514", "dummy0")));
    }

    @Test
    void shouldSayThatItDoesNotKnowWhenTheInterfaceIsNotThere() throws Exception {
        assertEquals(Map.of("interface_forwarding", Result.NOT_CHECKED), forwarding(config("vip:5514", "eth9")));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, OK", "0, 1, WARNING", "1, 0, WARNING", "2, 1, OK", "1, 2, OK"})
    void shouldTakeTheLargerFilterAsTheKernelDoes(int all, int nic, Result expected) throws Exception {
        write("net/route", """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                cali1\t0B002A0A\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0
                """);
        sysctl("ipv4/conf/all/rp_filter", all);
        sysctl("ipv4/conf/eth0/rp_filter", nic);
        // A pod's own interface: what comes in there is no sender's.
        sysctl("ipv4/conf/cali1/rp_filter", all == 2 ? 2 : 1);

        assertEquals(expected, forwarding(config("10.255.0.1:5514", "dummy0")).get("rp_filter"));
    }

    private Diagnosis stale(String destination, String answersFrom) throws IOException {
        write("net/nf_conntrack", "ipv4 2 tcp 6 1 LISTEN\n" + ENTRY.formatted(destination, answersFrom));
        return new ConnectionTrackingChecks(new NodeFiles(proc))
                .stale(
                        Set.of(new ConnectionTrackingChecks.Place(InetAddress.ofLiteral("192.168.1.100"), 514)),
                        LISTENER::equals);
    }

    @Test
    void shouldFindTheSenderThatAnOldEntrySendsElsewhere() throws IOException {
        Diagnosis found = stale("192.168.1.100", "10.42.0.9");

        assertEquals(Result.PROBLEM, found.result());
        assertTrue(found.finding().contains("192.168.1.10:40000 to 10.42.0.9:5514"), found.finding());
    }

    @Test
    void shouldLeaveEntriesThatLeadToTheListenerOrAreOfOtherAddresses() throws IOException {
        assertEquals(Result.OK, stale("192.168.1.100", "10.255.0.1").result());
        assertEquals(Result.OK, stale("192.168.1.101", "10.42.0.9").result());
    }

    @Test
    void shouldSayThatItDoesNotKnowWhenTheKernelDoesNotShowConnections() {
        assertEquals(
                Result.NOT_CHECKED,
                new ConnectionTrackingChecks(new NodeFiles(proc))
                        .stale(Set.of(), LISTENER::equals)
                        .result());
    }

    @ParameterizedTest
    @CsvSource({"899, OK", "900, WARNING"})
    void shouldWarnWhenTheTableIsNearlyFull(int count, Result expected) throws IOException {
        sysctl("netfilter/nf_conntrack_count", count);
        sysctl("netfilter/nf_conntrack_max", 1000);

        assertEquals(
                expected,
                new ConnectionTrackingChecks(new NodeFiles(proc)).room().result());
    }

    private static Map<String, Result> service(Service service, Config config) {
        return ServiceChecks.of(service, config.listeners().getFirst()).stream()
                .collect(Collectors.toMap(Diagnosis::check, Diagnosis::result));
    }

    private static ServiceBuilder service(String policy, Map<String, String> selector) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("logging")
                .withName("syslog")
                .endMetadata()
                .withNewSpec()
                .withExternalTrafficPolicy(policy)
                .withSelector(selector)
                .addNewPort()
                .withProtocol("UDP")
                .withPort(514)
                .withNewTargetPort(5514)
                .endPort()
                .endSpec();
    }

    @Test
    void shouldCallItAProblemOnDummyWhenKubeProxyMasqueradesOrSelectsPods() throws Exception {
        Service service = service("Cluster", Map.of("app", "a")).build();

        assertEquals(
                Map.of("traffic_policy", Result.PROBLEM, "selector", Result.PROBLEM, "vip", Result.WARNING),
                service(service, config("10.255.0.1:5514", "dummy0")));
        assertEquals(
                Map.of("traffic_policy", Result.WARNING, "selector", Result.OK, "vip", Result.WARNING),
                service(service, config("vip:514", "eth0")));
    }

    @Test
    void shouldKnowTheVipsThatLeadToTheListener() {
        Service service = service("Local", Map.of())
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp("192.168.1.100")
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();

        ConnectionTrackingChecks.Place vip =
                new ConnectionTrackingChecks.Place(InetAddress.ofLiteral("192.168.1.100"), 514);
        assertEquals(Set.of(vip), ServiceChecks.vips(service, 5514));
        assertEquals(Set.of(), ServiceChecks.vips(service, 5515));
        assertEquals(List.of(), List.copyOf(ServiceChecks.vips(service, 514)));
    }
}
