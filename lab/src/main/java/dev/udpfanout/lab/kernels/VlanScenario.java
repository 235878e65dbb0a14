package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
import java.util.List;

/**
 * What comes by a VLAN is taken by a listener on the VLAN's interface, and one of the pods is itself behind a VLAN; a listener on
 * the NIC gets nothing of it.
 *
 * @param daemon its executable
 * @param withDaemon false for the self-test
 */
record VlanScenario(Path daemon, boolean withDaemon) implements Scenario {
    @Override
    public String name() {
        return "vlan";
    }

    @Override
    public Outcome run() throws Exception {
        try (Cluster cluster = new Cluster(false)) {
            intoVlan(cluster.topology().client(), "192.168.1.10");
            intoVlan(cluster.topology().node(), "192.168.1.1");
            putPodIntoVlan(cluster);
            if (!withDaemon) {
                return Cluster.judged(cluster.send(WayIn.VLAN), ", without daemon");
            }
            try (LabProcess process = cluster.start(daemon, WayIn.NIC, "")) {
                List<Long> byPod = cluster.send(WayIn.VLAN);
                if (byPod.stream().anyMatch(count -> count != 0)) {
                    return new Outcome(false, "the NIC's listener took what is the VLAN's, by pod " + byPod);
                }
            }
            try (LabProcess process = cluster.start(daemon, WayIn.VLAN, "")) {
                return Cluster.judged(cluster.send(WayIn.VLAN), ", by eth0.100; pod 1 behind veth1.5");
            }
        }
    }

    /** Moves eth0's address to VLAN 100 on it. */
    private static void intoVlan(LabNamespace namespace, String address) {
        commands(
                namespace,
                "ip address del " + address + "/24 dev eth0",
                "ip link add link eth0 name eth0.100 type vlan id 100",
                "ip address add " + address + "/24 dev eth0.100",
                "ip link set eth0.100 up");
    }

    private static void putPodIntoVlan(Cluster cluster) {
        commands(
                cluster.topology().node(),
                "ip link set veth1 nomaster",
                "ip link add link veth1 name veth1.5 type vlan id 5",
                "ip link set veth1.5 up",
                "ip route add 10.42.0.11/32 dev veth1.5 src 10.42.0.1");
        commands(
                cluster.topology().pod(1),
                "ip address del 10.42.0.11/24 dev eth0",
                "ip link add link eth0 name eth0.5 type vlan id 5",
                "ip address add 10.42.0.11/24 dev eth0.5",
                "ip link set eth0.5 up",
                "ip route replace default via 10.42.0.1");
    }

    private static void commands(LabNamespace namespace, String... commands) {
        for (String command : commands) {
            namespace.exec(command.split(" "));
        }
    }
}
