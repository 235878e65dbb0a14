package dev.udpfanout.loader.kubernetes.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which annotated Services are served beside the listeners of the file. */
@Tag("unit")
class ServicesInForceTest {
    private static Config file(String listeners) throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse("services: { vip_interfaces: [eth0], pod_interfaces: [cni0] }\n" + listeners, "config.yaml");
    }

    private static AnnotatedService service(String name) {
        return service(name, "192.0.2.10");
    }

    private static AnnotatedService service(String name, String vip) {
        return AnnotatedServices.read(AnnotatedServices.spread()
                .editMetadata()
                .withName(name)
                .endMetadata()
                .editSpec()
                .withClusterIP(vip)
                .withClusterIPs(vip)
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build());
    }

    private static String refusal(ServicesInForce services, int index) {
        return services.services().get(index).refusal().orElseThrow();
    }

    @Test
    void shouldPutTheServicesBehindTheListenersOfTheFile() throws InvalidConfigException {
        Config file = file("""
                listeners:
                  - { name: a, bind: "0.0.0.0:9", interface: eth0, downstream: [ { address: "10.42.0.1:9" } ] }
                """);

        assertEquals(
                List.of("a", "logging/one:514"),
                ServicesInForce.admit(file, List.of(service("one")), "default", ListenerRoom.WITH_SERVICES)
                        .in(file)
                        .listeners()
                        .stream()
                        .map(each -> each.name())
                        .toList());
    }

    @Test
    void shouldLeaveAnAddressToTheServiceThatHadItFirst() throws InvalidConfigException {
        ServicesInForce services = ServicesInForce.admit(
                file(""), List.of(service("one"), service("two")), "default", ListenerRoom.WITH_SERVICES);

        assertTrue(refusal(services, 1).contains("192.0.2.10 port 514 is served for the Service logging/one already"));
        assertEquals(1, services.addresses().size());
    }

    @Test
    void shouldLeaveAnAddressToAListenerOfTheFile() throws InvalidConfigException {
        Config byAddress = file("""
                listeners:
                  - { name: a, bind: "192.0.2.10:514", interface: eth0, downstream: [ { address: "10.42.0.1:9" } ] }
                """);
        Config byVip = file("""
                listeners:
                  - name: a
                    bind: "vip:514"
                    interface: eth0
                    downstream: [ { address: "10.42.0.1:9" } ]
                    publish: { namespace: logging, service: one }
                """);

        for (Config file : List.of(byAddress, byVip)) {
            ServicesInForce services =
                    ServicesInForce.admit(file, List.of(service("one")), "default", ListenerRoom.WITH_SERVICES);
            assertTrue(refusal(services, 0).contains("port 514 is the listener a of the configuration file"));
        }
    }

    private static List<AnnotatedService> services(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> service("s" + n, "10." + n / 65_536 + "." + n / 256 % 256 + "." + n % 256))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"3, 100, 3", "100, 9, 3"})
    void shouldRefuseWhatThereIsNoRoomFor(int listeners, int keys, int served) throws InvalidConfigException {
        ServicesInForce services =
                ServicesInForce.admit(file(""), services(5), "default", new ListenerRoom(listeners, keys));

        assertEquals(served, services.addresses().size());
        assertTrue(refusal(services, served).contains("all are taken"));
    }

    @Test
    void shouldRefuseServicesForWhichTheLimitOfOpenFilesLeavesNoRoom() throws InvalidConfigException {
        Config file = file("");
        ListenerRoom room = ListenerRoom.of(file, 1_024);

        ServicesInForce services = ServicesInForce.admit(file, services(1_000), "default", room);

        assertTrue(
                services.addresses().size() < 1_024 - 200,
                () -> "served " + services.addresses().size());
        assertTrue(
                services.addresses().size() > 700,
                () -> "served " + services.addresses().size());
        String refusal = refusal(services, services.addresses().size());
        assertTrue(refusal.contains("raise the daemon's limit of open files"), refusal);
    }

    @Test
    void shouldServeAThousandServicesIfTheDaemonStartedWithThem() throws InvalidConfigException {
        Config file = file("");

        assertEquals(
                1_000,
                ServicesInForce.admit(file, services(1_000), "default", ListenerRoom.of(file, 65_536))
                        .addresses()
                        .size());
        String refusal = refusal(
                ServicesInForce.admit(file, services(1_000), "default", ListenerRoom.WITHOUT_SERVICES),
                ListenerRoom.WITHOUT_SERVICES.listeners());
        assertTrue(refusal.contains("restart the daemon"), refusal);
    }
}
