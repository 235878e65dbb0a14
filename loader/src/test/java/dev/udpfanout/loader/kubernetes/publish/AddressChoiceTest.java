package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AddressChoiceTest {
    private static final int PORT = 5514;
    private static final Prefix SMALL = new Prefix(InetAddress.ofLiteral("10.255.0.0"), 29);
    private static final InetAddress BIND = InetAddress.ofLiteral("10.255.0.1");
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";

    private static AddressChoice choice(String node) {
        return new AddressChoice(new AddressSequence(SMALL, Set.of(BIND), node), slice(node), PORT);
    }

    private static String slice(String node) {
        return "syslog-udp-fanout-" + node;
    }

    private static InetAddress first(String node) {
        return choice(node).choose(List.of(), Optional.empty()).orElseThrow();
    }

    private static EndpointSlice published(String node, InetAddress address, String created) {
        return published(node, address, created, PORT);
    }

    private static EndpointSlice published(String node, InetAddress address, String created, int port) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(slice(node))
                .withCreationTimestamp(created)
                .addToLabels(SliceLabels.MANAGED_BY, SliceLabels.MANAGER)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withProtocol("UDP")
                .withPort(port)
                .endPort()
                .addNewEndpoint()
                .withAddresses(address.getHostAddress())
                .endEndpoint()
                .build();
    }

    /** Two nodes that want the same address of the range first, since their names say so. */
    private static List<String> colliding() {
        Map<InetAddress, String> seen = new HashMap<>();
        for (int i = 0; ; i++) {
            String node = "node-" + i;
            String before = seen.putIfAbsent(first(node), node);
            if (before != null) {
                return List.of(before, node);
            }
        }
    }

    @Test
    void shouldLeaveAnAddressToWhoeverHasItBeforeItsOwnSliceIsThere() {
        List<String> nodes = colliding();
        InetAddress wanted = first(nodes.getFirst());

        assertNotEquals(
                Optional.of(wanted),
                choice(nodes.getLast()).choose(List.of(published(nodes.getFirst(), wanted, LATE)), Optional.empty()));
    }

    @Test
    void shouldLeaveAnAddressToTheOlderSliceOnBothSides() {
        List<String> nodes = colliding();
        InetAddress wanted = first(nodes.getFirst());
        List<EndpointSlice> both =
                List.of(published(nodes.getFirst(), wanted, LATE), published(nodes.getLast(), wanted, EARLY));

        assertEquals(Optional.of(wanted), choice(nodes.getLast()).choose(both, Optional.empty()));
        assertNotEquals(Optional.of(wanted), choice(nodes.getFirst()).choose(both, Optional.empty()));
    }

    @Test
    void shouldGoByTheNameWhenBothWereCreatedWithinASecond() {
        List<String> nodes = colliding().stream().sorted().toList();
        InetAddress wanted = first(nodes.getFirst());
        List<EndpointSlice> both =
                List.of(published(nodes.getFirst(), wanted, EARLY), published(nodes.getLast(), wanted, EARLY));

        assertEquals(Optional.of(wanted), choice(nodes.getFirst()).choose(both, Optional.empty()));
        assertNotEquals(Optional.of(wanted), choice(nodes.getLast()).choose(both, Optional.empty()));
    }

    @Test
    void shouldKeepWhatItFindsPublishedByItself() {
        InetAddress other =
                InetAddress.ofLiteral("10.255.0.6".equals(first("a").getHostAddress()) ? "10.255.0.5" : "10.255.0.6");

        assertEquals(Optional.of(other), choice("a").choose(List.of(published("a", other, EARLY)), Optional.empty()));
    }

    @Test
    void shouldGiveTheListenersOwnAddressUpThatAnEarlierVersionPublished() {
        assertEquals(
                Optional.of(first("a")), choice("a").choose(List.of(published("a", BIND, EARLY)), Optional.empty()));
    }

    @Test
    void shouldNotTakeAChangeByOthersForItsOwnWish() {
        AddressChoice choice = choice("a");
        Optional<InetAddress> mine = choice.choose(List.of(), Optional.empty());
        InetAddress other = InetAddress.ofLiteral(
                "10.255.0.6".equals(mine.orElseThrow().getHostAddress()) ? "10.255.0.5" : "10.255.0.6");

        assertEquals(mine, choice.choose(List.of(published("a", other, EARLY)), Optional.empty()));
    }

    @Test
    void shouldKnowItsSliceFromTheAnswerToItsOwnRequestToo() {
        List<String> nodes = colliding();
        InetAddress wanted = first(nodes.getFirst());
        AddressChoice choice = choice(nodes.getFirst());
        choice.choose(List.of(), Optional.empty());

        assertEquals(
                Optional.of(wanted),
                choice.choose(
                        List.of(published(nodes.getLast(), wanted, LATE)),
                        Optional.of(published(nodes.getFirst(), wanted, EARLY))));
    }

    @Test
    void shouldTakeNoNoticeOfOtherPortsAndOtherKeepersOfSlices() {
        InetAddress wanted = first("a");
        EndpointSlice ofReceivers = published("b", wanted, EARLY)
                .edit()
                .editMetadata()
                .addToLabels(SliceLabels.MANAGED_BY, "endpointslice-controller.k8s.io")
                .endMetadata()
                .build();

        assertEquals(
                Optional.of(wanted),
                choice("a").choose(List.of(published("b", wanted, EARLY, 2055), ofReceivers), Optional.empty()));
    }

    /** Nodes that look at different moments, in any order, come to addresses that are all different, and stay there. */
    @Test
    void shouldSettleAmongAsManyNodesAsThereAreAddresses() {
        List<String> nodes = List.of("a", "b", "c", "d", "e");
        Map<String, AddressChoice> choices = new HashMap<>();
        Map<String, EndpointSlice> api = new HashMap<>();
        nodes.forEach(node -> choices.put(node, choice(node)));
        // All at once, before any sees another.
        nodes.forEach(node -> api.put(
                node,
                published(
                        node,
                        choices.get(node).choose(List.of(), Optional.empty()).orElseThrow(),
                        EARLY)));
        for (int round = 0; round < nodes.size(); round++) {
            List<EndpointSlice> view = new ArrayList<>(api.values());
            nodes.forEach(node -> api.put(
                    node,
                    published(
                            node,
                            choices.get(node).choose(view, Optional.empty()).orElse(BIND),
                            EARLY)));
        }
        Set<String> addresses = new HashSet<>();
        api.values()
                .forEach(slice -> addresses.add(
                        slice.getEndpoints().getFirst().getAddresses().getFirst()));

        assertEquals(nodes.size(), addresses.size(), addresses::toString);
    }
}
