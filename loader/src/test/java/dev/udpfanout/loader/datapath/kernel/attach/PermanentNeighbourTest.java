package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A neighbour that somebody has written down for good stays so, whatever is asked about endpoints. */
@Tag("kernel")
class PermanentNeighbourTest {
    @Test
    void shouldLeaveAPermanentNeighbourAsItIs() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            topology.node()
                    .exec("ip neigh replace 10.42.0.11 lladdr 02:00:00:00:00:77 dev cni0 nud permanent".split(" "));
            try (NodeDatapath datapath = WayIn.NIC_TCX.openWithReplies(topology)) {
                datapath.reconcile();
                String neighbour = topology.node().exec("ip", "neigh", "show", "10.42.0.11");
                assertTrue(neighbour.contains("02:00:00:00:00:77 PERMANENT"), neighbour);
            }
        }
    }
}
