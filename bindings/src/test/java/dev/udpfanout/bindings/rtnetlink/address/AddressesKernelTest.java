package dev.udpfanout.bindings.rtnetlink.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class AddressesKernelTest {
    private static TestNamespace namespace;
    private static RtnetlinkSocket socket;
    private static Addresses addresses;
    private static int link;

    @BeforeAll
    static void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        addresses = new Addresses(socket);
        link = new Links(socket).createBridge("br0").index();
    }

    @AfterAll
    static void remove() {
        socket.close();
        namespace.close();
    }

    @BeforeEach
    void flush() {
        namespace.ip("address", "flush", "dev", "br0");
    }

    @Test
    void shouldShowTheAddressInIpWhenAdded() throws Exception {
        addresses.add(link, InetAddress.getByName("10.255.0.1"), 32);
        addresses.add(link, InetAddress.getByName("fd00::1"), 64);
        assertTrue(namespace.ip("address", "show", "dev", "br0").contains("inet 10.255.0.1/32 scope global br0"));
        assertTrue(namespace.ip("address", "show", "dev", "br0").contains("inet6 fd00::1/64 scope global"));
    }

    @Test
    void shouldBeNobodysSourceWhenADestination() throws Exception {
        namespace.ip("link", "set", "br0", "up");
        namespace.ip("address", "add", "192.0.2.7/24", "dev", "lo");
        namespace.ip("address", "add", "2001:db8::7/64", "dev", "lo", "nodad");
        addresses.addDestination(link, InetAddress.getByName("10.255.0.1"), 32);
        addresses.addDestination(link, InetAddress.getByName("fd00::1"), 128);
        namespace.ip("route", "add", "198.51.100.0/24", "via", "192.0.2.1", "dev", "br0", "onlink");
        namespace.ip("route", "add", "2001:db8:1::/64", "via", "fe80::1", "dev", "br0");
        assertTrue(namespace.ip("route", "get", "198.51.100.1").contains("src 192.0.2.7"));
        assertTrue(namespace.ip("route", "get", "2001:db8:1::1").contains("src 2001:db8::7"));
    }

    @Test
    void shouldListTheAddressesWhenIpAddedThem() throws Exception {
        namespace.ip("address", "add", "192.0.2.7/24", "dev", "br0");
        namespace.ip("address", "add", "2001:db8::7/48", "dev", "br0");
        assertEquals(
                List.of(
                        new InterfaceAddress(link, InetAddress.getByName("192.0.2.7"), 24, Scope.UNIVERSE),
                        new InterfaceAddress(link, InetAddress.getByName("2001:db8::7"), 48, Scope.UNIVERSE)),
                addresses.of(link));
    }

    @Test
    void shouldShowTheLinksOwnAddressWhenItHasAPeer() throws Exception {
        namespace.ip("address", "add", "192.0.2.1", "peer", "192.0.2.2/32", "dev", "br0");
        assertEquals(
                InetAddress.getByName("192.0.2.1"),
                addresses.of(link).getFirst().address());
    }

    @Test
    void shouldBeGoneFromIpWhenRemoved() throws Exception {
        addresses.add(link, InetAddress.getByName("10.255.0.1"), 32);
        addresses.add(link, InetAddress.getByName("fd00::1"), 128);
        addresses.remove(link, InetAddress.getByName("10.255.0.1"), 32);
        addresses.remove(link, InetAddress.getByName("fd00::1"), 128);
        assertFalse(namespace.ip("address", "show", "dev", "br0").contains("inet"));
        assertEquals(List.of(), addresses.of(link));
    }

    @Test
    void shouldNameAddressAndLinkWhenItIsThereAlready() throws Exception {
        InetAddress vip = InetAddress.getByName("10.255.0.1");
        addresses.add(link, vip, 32);
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> addresses.add(link, vip, 32));
        assertEquals(Errno.EEXIST, thrown.errno());
        assertTrue(thrown.getMessage().startsWith("RTM_NEWADDR on 10.255.0.1/32 dev br0: EEXIST"), thrown.getMessage());
    }

    @Test
    void shouldSaySoWhenTheAddressToRemoveIsNotThere() throws Exception {
        InetAddress vip = InetAddress.getByName("10.255.0.9");
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> addresses.remove(link, vip, 32));
        assertEquals(Errno.EADDRNOTAVAIL, thrown.errno());
    }

    @Test
    void shouldFindNothingWhenThereIsNoSuchLink() {
        assertEquals(List.of(), addresses.of(999_999));
    }

    @Test
    void shouldRefuseWhenThePrefixIsLongerThanTheAddress() throws Exception {
        InetAddress vip = InetAddress.getByName("10.255.0.1");
        assertThrows(IllegalArgumentException.class, () -> addresses.add(link, vip, 33));
    }
}
