package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

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
    private static final int STRICT = 1;
    private static final int LOOSE = 2;

    private final Network network;
    private final Map<Integer, Filter> known = new HashMap<>();

    public ReversePaths(Network network) {
        this.network = network;
    }

    /**
     * How the interface judges IPv4 sources. Off for a port of a bridge, a bond or a VRF: the stack sees what comes by
     * it on the master.
     */
    public Filter of(int ifindex) {
        return known.computeIfAbsent(ifindex, this::read);
    }

    private Filter read(int ifindex) {
        boolean isPort = network.links()
                .byIndex(ifindex)
                .map(Link::master)
                .filter(master -> master.isPresent())
                .isPresent();
        if (isPort) {
            return Filter.OFF;
        }
        // The larger one counts: IN_DEV_RPFILTER in linux/inetdevice.h.
        return switch (Math.max(ofAll(), network.links().ipv4ReversePathFilter(ifindex))) {
            case STRICT -> severalWaysLeadSomewhere() ? Filter.LOOSE : Filter.STRICT;
            case LOOSE -> Filter.LOOSE;
            default -> Filter.OFF;
        };
    }

    /**
     * Whether a route has several next hops. The stack accepts what comes by any of them; the program is told one, so
     * there it cannot be strict.
     */
    private boolean severalWaysLeadSomewhere() {
        return network.routes().all().stream()
                .anyMatch(route -> route.destination() instanceof Inet4Address
                        && route.type() == RouteType.UNICAST
                        && route.linkIndex().isEmpty());
    }

    private static int ofAll() {
        try {
            return Integer.parseInt(Files.readAllLines(ALL).getFirst().strip());
        } catch (IOException e) {
            throw new IllegalStateException("failed to read " + ALL + ": " + e.getMessage(), e);
        }
    }
}
