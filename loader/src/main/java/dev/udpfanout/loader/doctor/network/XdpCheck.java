package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether an XDP program is on an interface by which datagrams come in. It runs before everything else that doctor
 * looks at. Test datagrams come in behind one that runs in the driver, so doctor does not see what it does; of a
 * generic one {@link dev.udpfanout.loader.doctor.way.TestDatagramCheck} tells. Source: net/core/dev.c, do_xdp_generic.
 */
public final class XdpCheck {
    private static final String CHECK = "xdp";

    private XdpCheck() {}

    /**
     * Nothing where there is none.
     *
     * @param ofWay interfaces by which the listener's datagrams come in
     * @param all the node's
     */
    public static Optional<Diagnosis> of(Collection<Link> ofWay, List<Link> all) {
        Set<Integer> indexes = ofWay.stream().map(Link::index).collect(Collectors.toSet());
        String names = all.stream()
                .filter(Link::hasXdp)
                .filter(link -> indexes.contains(link.index()) || isCardOf(indexes, link))
                .map(Link::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(Diagnosis.notChecked(
                        CHECK,
                        "an XDP program is on " + names
                                + ": it sees senders' datagrams first; in the driver, it does not see test datagrams",
                        "bpftool net show tells which program it is; udp-fanout trace --to VIP:PORT --live 1/1 shows"
                                + " whether senders' datagrams pass it"));
    }

    /** Whether it is a bond's or a bridge's port to the network: hardware has no kind. */
    private static boolean isCardOf(Set<Integer> indexes, Link link) {
        return link.kind().isEmpty()
                && link.master().isPresent()
                && indexes.contains(link.master().getAsInt());
    }
}
