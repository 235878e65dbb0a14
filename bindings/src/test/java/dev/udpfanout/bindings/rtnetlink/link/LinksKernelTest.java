package dev.udpfanout.bindings.rtnetlink.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class LinksKernelTest {
    private static final int NO_SUCH_INDEX = 999_999;

    private static TestNamespace namespace;
    private static RtnetlinkSocket socket;
    private static Links links;

    @BeforeAll
    static void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        links = new Links(socket);
    }

    @AfterAll
    static void remove() {
        socket.close();
        namespace.close();
    }

    @BeforeEach
    void addPair() {
        namespace.ip(
                "link",
                "add",
                "left",
                "address",
                "02:00:00:00:00:01",
                "mtu",
                "1400",
                "type",
                "veth",
                "peer",
                "name",
                "right");
    }

    @AfterEach
    void deleteAll() {
        links.all().stream()
                .filter(link -> !link.name().equals("lo"))
                .map(Link::index)
                .filter(index -> links.byIndex(index).isPresent())
                .forEach(links::delete);
    }

    @Test
    void shouldListTheLinksThatIpListsWhenAskedForAll() {
        assertEquals(
                names(namespace.ip("-j", "link", "show")),
                links.all().stream().map(Link::name).toList());
    }

    @Test
    void shouldShowWhatWasConfiguredWhenALinkIsFoundByName() {
        Link left = links.byName("left").orElseThrow();
        assertEquals("veth", left.kind());
        assertEquals("02:00:00:00:00:01", left.hardwareAddress());
        assertEquals(1400, left.mtu());
        assertEquals(1, left.hardwareType());
        assertEquals(OptionalInt.empty(), left.master());
        assertEquals(Optional.of(left), links.byIndex(left.index()));
        assertFalse(left.up() || left.lowerUp() || left.noArp());
    }

    @Test
    void shouldFindNothingWhenThereIsNoSuchLink() {
        assertEquals(Optional.empty(), links.byName("nobody"));
        assertEquals(Optional.empty(), links.byIndex(NO_SUCH_INDEX));
    }

    @Test
    void shouldShowTheMasterWhenALinkIsAPortOfABridge() {
        Link bridge = links.createBridge("cni0");
        namespace.ip("link", "set", "left", "master", "cni0");
        assertEquals(
                OptionalInt.of(bridge.index()),
                links.byName("left").orElseThrow().master());
    }

    @Test
    void shouldCreateALinkThatIsDownWhenItIsABridge() {
        Link bridge = links.createBridge("cni0");
        assertEquals("bridge", bridge.kind());
        assertFalse(bridge.up());
        assertTrue(namespace.ip("-d", "link", "show", "cni0").contains("bridge forward_delay"));
    }

    @Test
    void shouldCreateADummyOrSayThatTheKernelHasNoneWhenAsked() {
        try {
            assertEquals("dummy", links.createDummy("dummy0").kind());
        } catch (SystemCallException e) {
            assertEquals("RTM_NEWLINK on dummy0 type dummy: EOPNOTSUPP (Unknown device type)", e.getMessage());
        }
    }

    @Test
    void shouldSayThatItExistsWhenTheNameIsTaken() {
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> links.createBridge("left"));
        assertEquals("RTM_NEWLINK on left type bridge: EEXIST", thrown.getMessage());
    }

    @Test
    void shouldBeUpWithACarrierWhenBothEndsAreSetUp() {
        links.setUp(index("right"));
        links.setUp(index("left"));
        assertTrue(links.byName("left").orElseThrow().up());
        assertTrue(links.byName("left").orElseThrow().lowerUp());
        assertTrue(namespace.ip("link", "show", "left").contains("UP,LOWER_UP"));
    }

    @Test
    void shouldLoseTheCarrierWhenThePeerIsSetDown() {
        links.setUp(index("right"));
        links.setUp(index("left"));
        links.setDown(index("right"));
        assertTrue(links.byName("left").orElseThrow().up());
        assertFalse(links.byName("left").orElseThrow().lowerUp());
    }

    @Test
    void shouldChangeOnlyThatFlagWhenArpIsSwitchedOffAndOn() {
        links.setUp(index("left"));
        links.setNoArp(index("left"), true);
        assertTrue(namespace.ip("link", "show", "left").contains("NOARP"));
        assertTrue(links.byName("left").orElseThrow().noArp());
        assertTrue(links.byName("left").orElseThrow().up());
        links.setNoArp(index("left"), false);
        assertFalse(namespace.ip("link", "show", "left").contains("NOARP"));
    }

    @Test
    void shouldBeGoneWithItsPeerWhenOneEndIsDeleted() {
        links.delete(index("left"));
        assertEquals(List.of("lo"), names(namespace.ip("-j", "link", "show")));
    }

    @Test
    void shouldNameTheRequestWhenThereIsNoLinkToDelete() {
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> links.delete(NO_SUCH_INDEX));
        assertEquals(Errno.ENODEV, thrown.errno());
        assertTrue(thrown.getMessage().startsWith("RTM_DELLINK on link 999999: ENODEV"), thrown.getMessage());
    }

    @Test
    void shouldSetTheSysctlWhenForwardingIsSwitched() {
        boolean before = links.ipv4Forwarding(index("left"));
        links.setIpv4Forwarding(index("left"), !before);
        assertEquals(!before, links.ipv4Forwarding(index("left")));
        assertEquals(before ? "0" : "1", namespace.sysctl("net/ipv4/conf/left/forwarding"));
        assertEquals(before, links.ipv4Forwarding(index("right")));
    }

    @Test
    void shouldSetTheSysctlWhenTheReversePathFilterIsChanged() {
        for (int mode : new int[] {2, 1, 0}) {
            links.setIpv4ReversePathFilter(index("left"), mode);
            assertEquals(mode, links.ipv4ReversePathFilter(index("left")));
            assertEquals(Integer.toString(mode), namespace.sysctl("net/ipv4/conf/left/rp_filter"));
        }
    }

    @Test
    void shouldSaySoWhenALinkHasNoIpv4Settings() {
        // An MTU below 68 takes IPv4 away from a link: inetdev_event in net/ipv4/devinet.c.
        namespace.ip("link", "set", "lo", "mtu", "67");
        try {
            SystemCallException thrown =
                    assertThrows(SystemCallException.class, () -> links.ipv4Forwarding(index("lo")));
            assertEquals("RTM_GETLINK on lo: EADDRNOTAVAIL (has no IPv4 settings)", thrown.getMessage());
        } finally {
            namespace.ip("link", "set", "lo", "mtu", "65536");
        }
    }

    private static int index(String name) {
        return links.byName(name).orElseThrow().index();
    }

    private static List<String> names(String json) {
        return Pattern.compile("\"ifname\":\"(.*?)\"")
                .matcher(json)
                .results()
                .map(MatchResult::group)
                .map(field -> field.substring("\"ifname\":\"".length(), field.length() - 1))
                .toList();
    }
}
