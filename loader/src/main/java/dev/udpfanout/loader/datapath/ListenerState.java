package dev.udpfanout.loader.datapath;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How one listener is served at the moment.
 *
 * @param mode {@code "tc_ebpf"} or {@code "userspace"}
 * @param modeReason why this one: {@code "configured"}, {@code "mode auto"}, or what made it fall back
 * @param attached whether its datagrams reach the datapath, by one interface at least
 * @param attachment how, for example {@code "tcx"}; empty if they do not
 * @param interfaces each interface by itself; empty where the datapath takes datagrams whatever they come by
 * @param ways how its endpoints are reached, the narrowest way first; empty where the datapath does not ask
 * @param byIpsec whether an IPsec policy is for an endpoint, so that the kernel's stack sends the datagrams on
 * @param waysKept how the ways to endpoints are kept: {@code "by endpoint"}, or by client and why; empty where they are
 *     not
 * @param podWays how datagrams get to the endpoints in pods of this node, where the listener asks for the best way
 */
public record ListenerState(
        String mode,
        String modeReason,
        boolean attached,
        String attachment,
        List<InterfaceState> interfaces,
        List<WayState> ways,
        boolean byIpsec,
        String waysKept,
        List<PodWayState> podWays) {
    public static final String TC_EBPF = "tc_ebpf";
    public static final String USERSPACE = "userspace";
    /** The configuration names the mode. */
    public static final String CONFIGURED = "configured";
    /** The configuration leaves it to the daemon, and the kernel takes the listener. */
    public static final String AUTO = "mode auto";

    public ListenerState {
        interfaces = List.copyOf(interfaces);
        ways = List.copyOf(ways);
        podWays = List.copyOf(podWays);
    }

    /** Of a datapath that takes datagrams whatever they come by. */
    public ListenerState(String mode, String modeReason, boolean attached, String attachment) {
        this(mode, modeReason, attached, attachment, List.of(), List.of(), false, "", List.of());
    }

    /** In the kernel, as configured. A listener that has lost one of several interfaces goes on with the others. */
    public static ListenerState on(List<InterfaceState> interfaces) {
        String attachment = interfaces.stream()
                .map(InterfaceState::attachment)
                .filter(how -> !how.isEmpty())
                .distinct()
                .collect(Collectors.joining("+"));
        return new ListenerState(
                TC_EBPF,
                CONFIGURED,
                interfaces.stream().anyMatch(InterfaceState::attached),
                attachment,
                interfaces,
                List.of(),
                false,
                "",
                List.of());
    }

    /** Why a listener does not serve, to complete the sentence "listener … is …". */
    public String fault() {
        if (attached) {
            return "without a usable endpoint";
        }
        return interfaces.stream()
                .map(InterfaceState::shadowedBy)
                .filter(others -> !others.isEmpty())
                .findFirst()
                .map(others -> "shadowed by " + others + ", which runs before it and ends the chain")
                .orElse("not attached");
    }

    /** The same, for another reason. */
    public ListenerState because(String reason) {
        return new ListenerState(mode, reason, attached, attachment, interfaces, ways, byIpsec, waysKept, podWays);
    }

    /** The same, with the ways to its endpoints, whether IPsec is on one of them, and how they are kept. */
    public ListenerState by(List<WayState> itsWays, boolean isByIpsec, String kept) {
        return new ListenerState(mode, modeReason, attached, attachment, interfaces, itsWays, isByIpsec, kept, podWays);
    }

    /** The same, with the ways into pods of this node. */
    public ListenerState into(List<PodWayState> itsPods) {
        return new ListenerState(mode, modeReason, attached, attachment, interfaces, ways, byIpsec, waysKept, itsPods);
    }
}
