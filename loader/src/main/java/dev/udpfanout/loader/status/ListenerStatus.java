package dev.udpfanout.loader.status;

import dev.udpfanout.loader.datapath.PodWayState;
import dev.udpfanout.loader.datapath.WayState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One listener.
 *
 * @param name from the configuration; unique
 * @param bind destination address and port of its datagrams
 * @param interfaces where they are intercepted
 * @param mode the datapath that serves it: {@code tc_ebpf} or {@code userspace}
 * @param modeReason why this one: {@code configured}, {@code mode auto}, or what made it fall back
 * @param attached whether datagrams get to it, by one interface at least
 * @param attachment how, for example {@code "tcx ingress"}; empty if it is not
 * @param vips the addresses of the Service that a VIP-direct listener takes; empty if it is none, or they are not known
 *     yet
 * @param published what Kubernetes has of this node; empty if the listener publishes nothing
 * @param counters what it has done in this mode
 * @param endpoints that are known, in use or not, as many as are shown
 * @param omitted what the other ones add up to
 * @param mirror who gets copies, if anyone does
 * @param ways how its endpoints are reached, the narrowest way first; empty where nobody asks
 * @param byIpsec whether an IPsec policy is for an endpoint, so that the kernel's stack sends the datagrams on
 * @param waysKept how the ways to endpoints are kept: {@code "by endpoint"}, or by client and why; empty where they are
 *     not
 * @param podWays how datagrams get to the endpoints in pods of this node, those that go by the next hop first
 * @param spreads what is spread by what in this mode; empty where it is the same in both
 * @param service the annotated Service, {@code NAMESPACE/NAME}, that it is of; empty if it is of the file
 * @param leased whether its datagrams go past the program once the lease has run out
 */
public record ListenerStatus(
        String name,
        InetSocketAddress bind,
        List<InterfaceStatus> interfaces,
        String mode,
        String modeReason,
        boolean attached,
        String attachment,
        Optional<Set<InetAddress>> vips,
        Optional<PublicationStatus> published,
        TrafficCounters counters,
        List<EndpointStatus> endpoints,
        OmittedEndpoints omitted,
        Optional<MirrorStatus> mirror,
        List<WayState> ways,
        boolean byIpsec,
        String waysKept,
        List<PodWayState> podWays,
        String spreads,
        Optional<String> service,
        boolean leased) {

    public ListenerStatus {
        interfaces = List.copyOf(interfaces);
        endpoints = List.copyOf(endpoints);
        ways = List.copyOf(ways);
        podWays = List.copyOf(podWays);
    }

    /** The largest IP packet, in bytes, that fits the ways to all endpoints; empty if nothing bounds it. */
    public OptionalInt pathMtuBytes() {
        return ways.stream().flatMapToInt(way -> way.mtuBytes().stream()).min();
    }

    /** One whose endpoints are all shown. */
    public ListenerStatus(
            String name,
            InetSocketAddress bind,
            List<InterfaceStatus> interfaces,
            String mode,
            String modeReason,
            boolean attached,
            String attachment,
            Optional<Set<InetAddress>> vips,
            Optional<PublicationStatus> published,
            TrafficCounters counters,
            List<EndpointStatus> endpoints,
            Optional<MirrorStatus> mirror,
            List<WayState> ways,
            List<PodWayState> podWays,
            boolean byIpsec) {
        this(
                name,
                bind,
                interfaces,
                mode,
                modeReason,
                attached,
                attachment,
                vips,
                published,
                counters,
                endpoints,
                OmittedEndpoints.NONE,
                mirror,
                ways,
                byIpsec,
                "",
                podWays,
                "",
                Optional.empty(),
                false);
    }

    /** How many endpoints are sent datagrams. */
    public long activeEndpoints() {
        return omitted.active()
                + endpoints.stream().filter(EndpointStatus::active).count();
    }
}
