package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.LabNamespace;
import java.util.List;

/** With nothing but the address on dummy0, as guides have it, no datagram goes on: that is why there is steering. */
record UnsteeredScenario() implements Scenario {
    @Override
    public String name() {
        return "unsteered";
    }

    @Override
    public Outcome run() {
        try (Cluster cluster = new Cluster(false)) {
            cluster.leadVipToDummy();
            LabNamespace node = cluster.topology().node();
            node.exec("ip", "link", "add", "dummy0", "type", "dummy");
            node.exec("ip", "address", "add", "10.255.0.1/32", "dev", "dummy0");
            node.exec("ip", "link", "set", "dummy0", "up");
            List<Long> byPod = cluster.send(WayIn.DUMMY_INGRESS);
            return new Outcome(byPod.stream().allMatch(count -> count == 0), "by pod " + byPod);
        }
    }
}
