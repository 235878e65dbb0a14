package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.GroupedInterface;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.abi.listener.ListenerSet;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerSetsTest {
    private static ListenerKey key(int ifindex, String address, int port) {
        return new ListenerKey(ifindex, InetAddress.ofLiteral(address), port);
    }

    private static ListenerEntry slot(int slot) {
        return new ListenerEntry(slot, Set.of());
    }

    private static ListenerEntry allowing(int slot) {
        return new ListenerEntry(slot, Set.of(ListenerFlag.ALLOW));
    }

    private static List<Integer> slots(ListenerSet set) {
        return set.listeners().stream().map(ListenerEntry::slot).toList();
    }

    @Test
    void shouldHoldAllListenersOfAnAddressWhateverTheirPorts() {
        assertEquals(
                Map.of(
                        key(7, "10.255.0.1", 0), new ListenerSet(List.of(slot(0), allowing(1)), true),
                        key(2, "192.0.2.1", 0), new ListenerSet(List.of(slot(2)), false)),
                ListenerSets.sets(
                        Map.of(
                                key(7, "10.255.0.1", 5514), slot(0),
                                key(7, "10.255.0.1", 5515), allowing(1),
                                key(2, "192.0.2.1", 5514), slot(2)),
                        Set.of(7),
                        Map.of()));
    }

    @Test
    void shouldAddTheWildcardsOfTheInterfaceAndFamilyToEveryAddress() {
        Map<ListenerKey, ListenerSet> sets = ListenerSets.sets(
                Map.of(
                        key(2, "0.0.0.0", 1), slot(0),
                        key(2, "::", 1), slot(1),
                        key(2, "192.0.2.1", 2), slot(2),
                        key(2, "2001:db8::1", 2), slot(3),
                        key(3, "192.0.2.1", 2), slot(4),
                        key(2, "192.0.2.9", 3), ListenerEntry.pass(0)),
                Set.of(),
                Map.of());
        assertEquals(List.of(0, 2), slots(sets.get(key(2, "192.0.2.1", 0))));
        assertEquals(List.of(1, 3), slots(sets.get(key(2, "2001:db8::1", 0))));
        assertEquals(List.of(4), slots(sets.get(key(3, "192.0.2.1", 0))));
        assertEquals(List.of(0), slots(sets.get(key(2, "0.0.0.0", 0))));
        assertEquals(5, sets.size(), "what is passed to the stack is nobody's");
    }

    /** The program asks for the group only where the interface itself has no set. */
    @Test
    void shouldAddTheListenersOfTheGroupToTheAddressesOfItsInterfaces() {
        int group = Limits.INTERFACE_GROUP | 1;
        Map<ListenerKey, ListenerSet> sets = ListenerSets.sets(
                Map.of(
                        key(2, "192.0.2.1", 1), slot(0),
                        key(3, "192.0.2.1", 1), slot(1),
                        key(group, "192.0.2.1", 2), slot(2),
                        key(group, "192.0.2.2", 2), slot(3)),
                Set.of(),
                Map.of(2, new GroupedInterface(group, 0)));
        assertEquals(List.of(0, 2), slots(sets.get(key(2, "192.0.2.1", 0))));
        assertEquals(List.of(1), slots(sets.get(key(3, "192.0.2.1", 0))), "in no group");
        assertEquals(List.of(2), slots(sets.get(key(group, "192.0.2.1", 0))));
        assertEquals(List.of(3), slots(sets.get(key(group, "192.0.2.2", 0))));
    }
}
