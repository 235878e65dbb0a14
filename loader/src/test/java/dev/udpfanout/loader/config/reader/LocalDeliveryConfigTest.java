package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class LocalDeliveryConfigTest {
    private static final String LISTENER = """
            listeners:
              - bind: "10.255.0.1:5514"
                interface: dummy0
                downstream: [ { address: "10.42.0.11:40514" } ]
            """;
    private static final ConfigReader READER = new ConfigReader(name -> true);

    private static ListenerConfig read(String more) throws InvalidConfigException {
        return READER.parse(LISTENER + more.indent(4), "c.yaml").listeners().getFirst();
    }

    private static List<String> problems(String more) {
        return assertThrows(InvalidConfigException.class, () -> read(more)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldDecideForEachEndpointWhenNothingIsSaid() throws InvalidConfigException {
        assertEquals(LocalDelivery.AUTO, read("").receivers().localDelivery());
        assertEquals(
                LocalDelivery.AUTO, read("local_delivery: auto").receivers().localDelivery());
        assertEquals(
                LocalDelivery.NEIGH, read("local_delivery: neigh").receivers().localDelivery());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "tc_ebpf"})
    void shouldGoStraightIntoThePodWhenToldTo(String mode) throws InvalidConfigException {
        assertEquals(
                LocalDelivery.PEER,
                read("local_delivery: peer\nmode: " + mode).receivers().localDelivery());
    }

    @Test
    void shouldRefusePeerWithTheLineWhereItCannotWork() {
        assertEquals(
                List.of("c.yaml:5: listeners[0].local_delivery: peer needs hook: ingress, because the"
                        + " kernel does not redirect into a pod from egress; use hook: ingress, or auto"),
                problems("local_delivery: peer\nhook: egress"));
        assertEquals(
                List.of("c.yaml:5: listeners[0].local_delivery: peer works in the kernel only, because"
                        + " user space sends by a socket; use auto"),
                problems("local_delivery: peer\nmode: userspace"));
        // Of several at one place only the first is told.
        assertEquals(
                1,
                problems("local_delivery: peer\nhook: egress\nmode: userspace").size());
    }

    @Test
    void shouldAllowWhatPeerCannotDoWithNeigh() throws InvalidConfigException {
        read("local_delivery: neigh\nhook: egress");
        read("local_delivery: neigh\nmode: userspace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hook: egress", "mode: userspace"})
    void shouldGoByTheNextHopWhereThereIsNoOtherWay(String place) throws InvalidConfigException {
        assertEquals(LocalDelivery.NEIGH, read(place).receivers().localDelivery());
        assertEquals(
                LocalDelivery.NEIGH,
                read("local_delivery: auto\n" + place).receivers().localDelivery());
    }

    @Test
    void shouldNameTheChoicesWhenItIsNoneOfThem() {
        assertEquals(1, problems("local_delivery: bridge").size());
    }
}
