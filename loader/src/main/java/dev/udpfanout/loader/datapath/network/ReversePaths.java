package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.abi.admission.NextHops;
import dev.udpfanout.bindings.abi.admission.SourcePrefix;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the IP stack judges the sources of what comes in by an interface: the sysctl {@code rp_filter}, ip-sysctl.rst. As
 * read when first asked for; belongs to the network's thread.
 */
public final class ReversePaths {
    /** How a source is judged. */
    public enum Filter {
        /** Not at all. */
        OFF,
        /** A route has to lead to it. */
        LOOSE,
        /** The route to it has to lead by the interface. */
        STRICT
    }

    private static final Path ALL = Path.of("/proc/sys/net/ipv4/conf/all/rp_filter");
    private static final String VRF = "vrf";

    /** A bond may be a port of a bridge, and what is a port of that has no address. */
    private static final int MAX_LEVELS = 4;

    private static final int STRICT = 1;
    private static final int LOOSE = 2;

    private final Network network;
    private final Map<Integer, Filter> known = new HashMap<>();

    public ReversePaths(Network network) {
        this.network = network;
    }

    /**
     * How sources of what comes in by the interface are judged. What comes in by a port of a bridge or bond, the stack
     * sees on the master, and judges as its setting says. Off for a port of a VRF, whose table the program is not told.
     */
    public Filter of(int ifindex) {
        return known.computeIfAbsent(ifindex, this::read);
    }

    /**
     * Which interfaces stand for one another where the way back has to lead by the interface that a source came in by:
     * a port and its master, for those that were asked for by {@link #of}. The next hops of routes with several do as
     * well where {@link #nextHops} cannot tell for which sources.
     *
     * @return the number of its group by the interface's index
     */
    public Map<Integer, Integer> groups() {
        InterfaceGroups groups = ports();
        waysBack().joined().forEach(groups::join);
        return groups.byInterface();
    }

    /** The interfaces by which sources may come that several next hops lead to, by the numbers of {@link #groups}. */
    public Map<SourcePrefix, NextHops> nextHops() {
        return waysBack().byPrefix();
    }

    private WaysBack waysBack() {
        return WaysBack.of(network.routes().all(), network.rules().all(), ports().byInterface());
    }

    private InterfaceGroups ports() {
        InterfaceGroups ports = new InterfaceGroups();
        known.keySet().forEach(ifindex -> ports.join(List.of(ifindex, master(ifindex))));
        return ports;
    }

    private Filter read(int ifindex) {
        int master = master(ifindex);
        if (link(master).map(Link::kind).filter(VRF::equals).isPresent()) {
            return Filter.OFF;
        }
        // The larger one counts: IN_DEV_RPFILTER in linux/inetdevice.h.
        return switch (Math.max(ofAll(), network.links().ipv4ReversePathFilter(master))) {
            case STRICT -> hasUnknownNextHops() ? Filter.LOOSE : Filter.STRICT;
            case LOOSE -> Filter.LOOSE;
            default -> Filter.OFF;
        };
    }

    /** The interface on which the stack sees what comes in by another one; that one, if it is no port. */
    private int master(int ifindex) {
        int at = ifindex;
        for (int level = 0; level < MAX_LEVELS; level++) {
            OptionalInt above = link(at).map(Link::master).orElse(OptionalInt.empty());
            if (above.isEmpty()) {
                return at;
            }
            at = above.getAsInt();
        }
        return at;
    }

    private Optional<Link> link(int ifindex) {
        return network.links().byIndex(ifindex);
    }

    /** Whether the kernel does not say which the next hops of some route are. */
    private boolean hasUnknownNextHops() {
        return network.routes().all().stream()
                .anyMatch(route -> route.destination() instanceof Inet4Address
                        && route.type() == RouteType.UNICAST
                        && route.linkIndex().isEmpty()
                        && route.nextHopLinks().isEmpty());
    }

    private static int ofAll() {
        try {
            return Integer.parseInt(Files.readAllLines(ALL).getFirst().strip());
        } catch (IOException e) {
            throw new IllegalStateException("failed to read " + ALL + ": " + e.getMessage(), e);
        }
    }
}
