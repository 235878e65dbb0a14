package dev.udpfanout.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class TopologyPlanTest {
    @Test
    void shouldNumberPodsFromOneWhenThereAreTwo() {
        TopologyPlan plan = new TopologyPlan(2);

        assertEquals(List.of("client", "node", "pod1", "pod2"), plan.roles());
        assertEquals("10.42.0.11", plan.podAddress(1));
        assertEquals("10.42.0.12", plan.podAddress(2));
        assertEquals("02:75:66:00:2a:0b", plan.podMac(1).toString());
    }

    @Test
    void shouldGiveTheVipToNobodyWhenTheNetworkIsBuilt() {
        TopologyPlan plan = new TopologyPlan(1);
        String all = plan.nodeBatch(new RunName(1, 1, 1)) + plan.clientBatch() + plan.podBatch(1);

        assertTrue(
                all.lines().filter(line -> line.contains(TopologyPlan.VIP)).allMatch(line -> line.startsWith("neigh")));
    }

    @Test
    void shouldRefuseWhenTheNumberOfPodsIsOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> new TopologyPlan(0));
        assertThrows(IllegalArgumentException.class, () -> new TopologyPlan(TopologyPlan.MAX_PODS + 1));
        assertThrows(IllegalArgumentException.class, () -> new TopologyPlan(3).podAddress(4));
    }
}
