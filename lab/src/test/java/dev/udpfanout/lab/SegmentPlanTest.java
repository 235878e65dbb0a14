package dev.udpfanout.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SegmentPlanTest {
    @Test
    void shouldGiveEachNodePodsOfItsOwnWhenThereAreTwo() {
        SegmentPlan plan = new SegmentPlan(2, 2);

        assertEquals(
                List.of("client", "segment", "node1", "node1pod1", "node1pod2", "node2", "node2pod1", "node2pod2"),
                plan.roles());
        assertEquals("192.168.1.2", plan.nodeAddress(2));
        assertEquals("10.42.2.11", plan.podAddress(2, 1));
        assertEquals("02:75:66:00:01:02", plan.nodeMac(2).toString());
    }

    @Test
    void shouldGiveTheVipToNobodyWhenTheNetworkIsBuilt() {
        assertFalse(
                new SegmentPlan(2, 2).batches(new RunName(1, 1, 1)).toString().contains(SegmentPlan.VIP));
    }

    @Test
    void shouldGiveClientNodesAndPodsIpv6AddressesWhenAsked() {
        String batches =
                new SegmentPlan(2, 1, true).batches(new RunName(1, 1, 1)).toString();

        assertTrue(batches.contains("address add 2001:db8:1::10/64 dev eth0 nodad"), batches);
        assertTrue(batches.contains("address add 2001:db8:1::2/64 dev eth0 nodad"), batches);
        assertTrue(batches.contains("address add 2001:db8:42:2::11/64 dev eth0 nodad"), batches);
        assertTrue(batches.contains("route add default via 2001:db8:42:2::1"), batches);
        assertFalse(
                new SegmentPlan(2, 1).batches(new RunName(1, 1, 1)).toString().contains("2001:db8"));
    }

    @Test
    void shouldRefuseWhenANumberIsOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> new SegmentPlan(5, 1));
        assertThrows(IllegalArgumentException.class, () -> new SegmentPlan(2, 0));
        assertThrows(IllegalArgumentException.class, () -> new SegmentPlan(2, 1).podAddress(3, 1));
    }
}
