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
    public void run(CheckReport report) {
        Listener listener = new Listener(WayIn.DUMMY_INGRESS, false);
        try (Cluster cluster = new Cluster()) {
            cluster.leadVipTo(listener);
            LabNamespace node = cluster.topology().node();
            node.exec("ip", "link", "add", "dummy0", "type", "dummy");
            node.exec("ip", "address", "add", "10.255.0.1/32", "dev", "dummy0");
            node.exec("ip", "link", "set", "dummy0", "up");
            List<Long> byPod = cluster.send(listener);
            report.add(name(), new Outcome(byPod.stream().allMatch(count -> count == 0), "by pod " + byPod));
        }
    }
}
