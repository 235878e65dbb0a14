package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.util.Collection;
import java.util.Optional;

/**
 * Whether an XDP program is on an interface by which datagrams come in. It runs before everything that is looked at
 * here, and test datagrams come in behind one in the driver, so nothing here can tell what it does.
 */
public final class XdpCheck {
    private static final String CHECK = "xdp";

    private XdpCheck() {}

    /** Nothing where there is none. */
    public static Optional<Diagnosis> of(Collection<Link> ofWay) {
        return ofWay.stream()
                .filter(Link::hasXdp)
                .findFirst()
                .map(link -> Diagnosis.notChecked(
                        CHECK,
                        "an XDP program is on " + link.name()
                                + ": it sees datagrams first, and test datagrams do not pass it in the driver",
                        "ask whose it is: bpftool net show dev " + link.name() + "; udp-fanout trace --to VIP:PORT --live 1/1"
                                + " shows whether real datagrams come by it"));
    }
}
