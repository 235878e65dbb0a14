package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.TopologyPlan;
import java.util.List;
import java.util.Random;

/** What happens to interfaces: dummy0 is the daemon's to mend, all others are whoever's made them. */
final class InterfaceFaults {
    private static final int PER_FLOW_AND_SECOND = Traffic.PER_SECOND / 2;
    private static final int AS_BEFORE = PER_FLOW_AND_SECOND / 50;

    private InterfaceFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.lossy("dummy0 set down", 8, (lab, random) -> lab.node("ip link set dummy0 down")),
                Fault.lossy("dummy0 deleted", 10, (lab, random) -> lab.node("ip link del dummy0")),
                Fault.lossy("dummy0 renamed, then deleted", 10, InterfaceFaults::renameDummy),
                Fault.lossless("address of dummy0 removed", 8, InterfaceFaults::removeAddress),
                Fault.lossy("addresses of dummy0 flushed", 8, (lab, random) -> lab.node("ip addr flush dev dummy0")),
                Fault.passing("eth0 down and up", 10, InterfaceFaults::flapNic),
                Fault.lossy("eth0 deleted and recreated", 15, InterfaceFaults::recreateNic),
                Fault.lossy("eth0 renamed and back", 15, InterfaceFaults::renameNic),
                Fault.passing("a pod's veth down and up", NetworkFaults.PROBED_SECONDS, InterfaceFaults::flapPod));
    }

    private static void pause(NodeLab lab, Random random) {
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND / 10 + random.nextInt(PER_FLOW_AND_SECOND / 2));
    }

    /** Live, as since Linux 6.2; else while it is down. */
    private static void rename(NodeLab lab, String from, String to) {
        lab.node("ip link set " + from + " down");
        lab.node("ip link set " + from + " name " + to);
        lab.node("ip link set " + to + " up");
    }

    /** Not the last of its interface: with that the kernel takes the interface's routes away, and ours with them. */
    private static void removeAddress(NodeLab lab, Random random) {
        lab.node("ip addr add 192.0.2.1/32 dev dummy0");
        lab.node("ip addr del 10.255.0.1/32 dev dummy0");
        lab.daemon().await("the address again", () -> lab.topology()
                .node()
                .exec("ip", "-o", "addr", "show", "dev", "dummy0")
                .contains("10.255.0.1/32"));
        lab.node("ip addr del 192.0.2.1/32 dev dummy0");
    }

    private static void renameDummy(NodeLab lab, Random random) {
        rename(lab, "dummy0", "renamed0");
        pause(lab, random);
        lab.node("ip link del renamed0");
    }

    private static void flapNic(NodeLab lab, Random random) {
        lab.node("ip link set eth0 down");
        pause(lab, random);
        lab.node("ip link set eth0 up");
        awaitUp(lab, lab.topology().node(), "eth0");
        // The client's kernel refuses to send until it has seen the carrier, too: what never was on the wire nobody
        // lost.
        lab.daemon().await("the client sends again", () -> {
            long refused = lab.traffic().refused();
            lab.traffic().awaitSent(AS_BEFORE);
            return lab.traffic().refused() == refused;
        });
    }

    /**
     * The kernel follows the carrier of a link at most once a second (linkwatch_schedule_work in
     * net/core/link_watch.c), and sends nothing by it before: that is neither the daemon's to mend nor its loss.
     */
    private static void awaitUp(NodeLab lab, LabNamespace namespace, String link) {
        lab.daemon().await(link + " up in " + namespace.role(), () -> namespace
                .exec("ip", "-o", "link", "show", link)
                .contains("state UP"));
    }

    private static void renameNic(NodeLab lab, Random random) {
        rename(lab, "eth0", "renamed1");
        pause(lab, random);
        rename(lab, "renamed1", "eth0");
    }

    private static void recreateNic(NodeLab lab, Random random) {
        LabNamespace client = lab.topology().client();
        lab.node("ip link del eth0");
        pause(lab, random);
        lab.node("ip link add eth0 address " + TopologyPlan.NODE_MAC + " type veth peer name eth0 address "
                + TopologyPlan.CLIENT_MAC + " netns " + client.name());
        lab.node("ip addr add " + TopologyPlan.NODE_ADDRESS + "/24 dev eth0");
        lab.node("ip link set eth0 up");
        client.execWithInput(
                """
                address add %s/24 dev eth0
                link set eth0 up
                neighbour replace %s lladdr %s dev eth0 nud permanent
                route add default via %s
                """.formatted(
                                TopologyPlan.CLIENT_ADDRESS,
                                TopologyPlan.VIP,
                                TopologyPlan.NODE_MAC,
                                TopologyPlan.NODE_ADDRESS),
                "ip",
                "-batch",
                "-");
    }

    private static void flapPod(NodeLab lab, Random random) {
        int pod = 1 + random.nextInt(NodeLab.PODS);
        lab.node("ip link set veth" + pod + " down");
        pause(lab, random);
        lab.node("ip link set veth" + pod + " up");
        awaitUp(lab, lab.topology().node(), "veth" + pod);
        awaitUp(lab, lab.topology().pods().get(pod - 1), "eth0");
    }
}
