package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether an interface of a listener's way is in a VRF, whose routing table comes before the others (rule {@code lookup
 * [l3mdev-table]}). The kernel is asked for routes with the interface, so VRFs count there; no kernel with VRFs was at
 * hand to try the rest. Source: Documentation/networking/vrf.rst.
 */
public final class VrfCheck {
    private static final String CHECK = "vrf";
    private static final String VRF = "vrf";

    private VrfCheck() {}

    /**
     * Nothing where the node has no VRF.
     *
     * @param ofWay interfaces by which the listener's datagrams come in
     * @param all the node's
     * @param isUserspace whether sockets take them
     */
    public static Optional<Diagnosis> of(Collection<Link> ofWay, List<Link> all, boolean isUserspace, NodeFiles files) {
        List<Link> vrfs = all.stream().filter(link -> link.kind().equals(VRF)).toList();
        if (vrfs.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(ofWay.stream()
                .flatMap(link -> vrfs.stream()
                        .filter(vrf -> link.master().orElse(0) == vrf.index())
                        .map(vrf -> in(vrf, link, isUserspace, files)))
                .findFirst()
                .orElseGet(() -> Diagnosis.ok(
                        CHECK,
                        "no interface by which datagrams come in is in a VRF ("
                                + vrfs.stream().map(Link::name).collect(Collectors.joining(", ")) + ")")));
    }

    /** One setting is for both families: udp_l3mdev_accept of ip-sysctl.rst. */
    private static Diagnosis in(Link vrf, Link link, boolean isUserspace, NodeFiles files) {
        String place = link.name() + " is in the VRF " + vrf.name();
        if (isUserspace && files.setting("ipv4/udp_l3mdev_accept").orElse(1) == 0) {
            return Diagnosis.problem(
                    CHECK,
                    place + ", and net.ipv4.udp_l3mdev_accept is 0",
                    "a socket that is bound to no VRF gets nothing that comes in by one",
                    "sysctl -w net.ipv4.udp_l3mdev_accept=1");
        }
        return Diagnosis.notChecked(
                CHECK,
                place + "; no kernel with VRFs was at hand to try this, but listener_route and endpoint_route ask the"
                        + " kernel as for it",
                "udp-fanout trace --to VIP:PORT --interface " + link.name()
                        + " shows whether datagrams arrive; ip vrf show" + " and ip route show vrf " + vrf.name()
                        + " show the table");
    }
}
