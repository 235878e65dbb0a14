package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class KubernetesConfigTest {
    private static final String DUMMY = listener("dummy0", "10.255.0.1:5514");
    private static final String KUBERNETES = "    kubernetes: { service: receivers, port: syslog }\n";
    private static final String DOWNSTREAM = "    downstream: [ { address: \"10.0.0.1:5514\" } ]\n";
    private static final String PUBLISH = "    publish: { service: syslog }\n";

    private static String listener(String interfaceName, String bind) {
        return "  - interface: " + interfaceName + "\n    bind: \"" + bind + "\"\n";
    }

    private static Config read(String... listeners) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("listeners:\n" + String.join("", listeners), "config.yaml");
    }

    private static ListenerConfig only(String... lines) throws InvalidConfigException {
        return read(lines).listeners().getFirst();
    }

    private static List<String> problems(String... lines) {
        return assertThrows(InvalidConfigException.class, () -> read(lines)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    private static void assertProblem(String expected, String... lines) {
        assertEquals(List.of(expected), problems(lines));
    }

    @Test
    void shouldReadReceiversFromKubernetes() throws InvalidConfigException {
        ListenerConfig listener =
                only(DUMMY, "    kubernetes: { namespace: logging, service: receivers, port: syslog }\n");

        assertEquals(
                Optional.of(new KubernetesSource(Optional.of("logging"), "receivers", new Port.Name("syslog"))),
                listener.receivers().kubernetes());
        assertEquals(List.of(), listener.receivers().downstream());
        assertEquals(Optional.empty(), listener.publish());
        assertEquals(Preference.ANY, listener.receivers().source().preference());
        assertFalse(listener.vipDirect());
    }

    @Test
    void shouldLeaveTheNamespaceOpenWhenItIsNotGiven() throws InvalidConfigException {
        ListenerConfig listener = only(DUMMY, KUBERNETES, PUBLISH);

        assertEquals(
                Optional.empty(),
                listener.receivers().kubernetes().orElseThrow().namespace());
        assertEquals(Optional.empty(), listener.publish().orElseThrow().namespace());
        assertEquals("syslog", listener.publish().orElseThrow().service());
    }

    @ParameterizedTest
    @CsvSource({"same_node,SAME_NODE", "same_zone,SAME_ZONE", "any,ANY"})
    void shouldReadThePreference(String text, Preference expected) throws InvalidConfigException {
        assertEquals(
                expected,
                only(DUMMY, KUBERNETES, "    prefer: " + text + "\n")
                        .receivers()
                        .source()
                        .preference());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5514", "\"5514\""})
    void shouldReadAPortNumber(String port) throws InvalidConfigException {
        ListenerConfig listener = only(DUMMY, "    kubernetes: { service: receivers, port: " + port + " }\n");

        assertEquals(
                new Port.Number(5514),
                listener.receivers().kubernetes().orElseThrow().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "99999999999999999999"})
    void shouldRefuseAPortOutOfRange(String port) {
        assertProblem(
                "config.yaml:4: listeners[0].kubernetes.port: port " + port + " is not in 1..65535",
                DUMMY,
                "    kubernetes: { service: receivers, port: " + port + " }\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Receivers",
                "-a",
                "a-",
                "a.b",
                "a_b",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void shouldRefuseANameThatKubernetesDoesNotAllow(String name) {
        String rule = "\"" + name + "\" is not a name that Kubernetes allows: "
                + "1 to 63 lower-case letters, digits and -, with - neither first nor last";

        assertProblem(
                "config.yaml:4: listeners[0].kubernetes.service: " + rule,
                DUMMY,
                "    kubernetes: { service: \"" + name + "\", port: 5514 }\n");
        assertProblem(
                "config.yaml:5: listeners[0].publish.namespace: " + rule,
                DUMMY,
                KUBERNETES,
                "    publish: { service: syslog, namespace: \"" + name + "\" }\n");
    }

    @Test
    void shouldSayWhatIsMissingInASection() {
        assertEquals(
                List.of(
                        "config.yaml:4: listeners[0].kubernetes.service: is missing",
                        "config.yaml:4: listeners[0].kubernetes.port: is missing",
                        "config.yaml:4: listeners[0].kubernetes.name: unknown key; known here: namespace, port, service"),
                problems(DUMMY, "    kubernetes: { name: receivers }\n"));
    }

    @Test
    void shouldRefuseTwoSourcesOfReceivers() {
        assertProblem(
                "config.yaml:5: listeners[0].kubernetes: downstream is given too; keep one of the two",
                DUMMY,
                DOWNSTREAM,
                KUBERNETES);
    }

    @Test
    void shouldRefuseNoSourceOfReceivers() {
        assertProblem(
                "config.yaml:2: listeners[0].downstream: no receivers; add at least one, or kubernetes: to discover them",
                DUMMY);
        assertProblem(
                "config.yaml:4: listeners[0].downstream: at least one receiver is needed",
                DUMMY,
                "    downstream: []\n");
    }

    @Test
    void shouldRefuseAPreferenceAmongReceiversFromTheFile() {
        assertProblem(
                "config.yaml:5: listeners[0].prefer: needs receivers from kubernetes: the file"
                        + " does not say on which node a downstream runs",
                DUMMY,
                DOWNSTREAM,
                "    prefer: same_node\n");
    }

    @Test
    void shouldReadVipDirect() throws InvalidConfigException {
        ListenerConfig listener = only(listener("eth0", "vip:5514"), KUBERNETES, PUBLISH);

        assertTrue(listener.vipDirect());
        assertFalse(listener.isWildcard());
        assertEquals(5514, listener.bind().getPort());
    }

    @Test
    void shouldReadAVipOfEachFamilyForOneService() throws InvalidConfigException {
        Config config = read(
                listener("eth0", "vip:5514"), KUBERNETES, PUBLISH, listener("eth0", "[vip]:5514"), KUBERNETES, PUBLISH);

        assertTrue(config.listeners().stream().allMatch(ListenerConfig::vipDirect));
        assertEquals(
                List.of(new InetSocketAddress("0.0.0.0", 5514), new InetSocketAddress("::", 5514)),
                config.listeners().stream().map(ListenerConfig::bind).toList());
    }

    @Test
    void shouldRefuseAReceiverOfTheOtherFamilyThanTheVips() {
        assertProblem(
                "config.yaml:4: listeners[0].downstream[0].address: 10.42.0.11:40514 is IPv4, and the listener is IPv6",
                listener("eth0", "[vip]:5514"),
                "    downstream: [ { address: \"10.42.0.11:40514\" } ]\n",
                PUBLISH);
    }

    @Test
    void shouldAllowReceiversFromTheFileWithAVip() throws InvalidConfigException {
        assertTrue(only(listener("eth0", "vip:5514"), DOWNSTREAM, PUBLISH).vipDirect());
    }

    @Test
    void shouldRefuseAVipOfNoService() {
        assertProblem(
                "config.yaml:3: listeners[0].bind: vip needs publish.service: the LoadBalancer Service whose VIP it is",
                listener("eth0", "vip:5514"),
                KUBERNETES);
    }

    @Test
    void shouldRefuseAVipOnADummyInterface() {
        assertProblem(
                "config.yaml:3: listeners[0].bind: vip works on a NIC only: kube-proxy has replaced"
                        + " the VIP before a datagram reaches a dummy interface",
                listener("dummy0", "vip:5514"),
                KUBERNETES,
                PUBLISH);
    }

    @Test
    void shouldRefuseABadPortOfAVip() {
        assertProblem(
                "config.yaml:3: listeners[0].bind: port 0 is not in 1..65535",
                listener("eth0", "vip:0"),
                KUBERNETES,
                PUBLISH);
        assertProblem(
                "config.yaml:3: listeners[0].bind: \"\" is not a port number",
                listener("eth0", "vip:"),
                KUBERNETES,
                PUBLISH);
    }

    @Test
    void shouldRefuseToPublishAWildcard() {
        assertProblem(
                "config.yaml:5: listeners[0].publish: 0.0.0.0 cannot be"
                        + " published; bind to one address, or to vip:PORT",
                listener("eth0", "0.0.0.0:5514"),
                KUBERNETES,
                PUBLISH);
    }

    @Test
    void shouldAllowOnePortOnTheVipsOfTwoServices() throws InvalidConfigException {
        Config config = read(
                listener("eth0", "vip:5514"),
                KUBERNETES,
                PUBLISH,
                listener("eth0", "vip:5514"),
                KUBERNETES,
                "    publish: { service: other }\n",
                listener("eth0", "0.0.0.0:5514"),
                KUBERNETES);

        assertEquals(3, config.listeners().size());
    }

    @Test
    void shouldRefuseOnePortOfOneVipTwice() {
        assertProblem(
                "config.yaml:7: listeners[1].bind: port 5514 of the VIP of syslog is taken by the listener on line 2",
                listener("eth0", "vip:5514"),
                KUBERNETES,
                PUBLISH,
                listener("eth0", "vip:5514"),
                KUBERNETES,
                PUBLISH);
    }
}
