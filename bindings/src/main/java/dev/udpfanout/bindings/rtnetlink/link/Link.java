package dev.udpfanout.bindings.rtnetlink.link;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface: netdevice(7), rtnetlink(7).
 *
 * @param index its number, unique in the network namespace
 * @param name its name, for example {@code dummy0}
 * @param kind the driver's name, for example {@code bridge}; empty for hardware and loopback
 * @param up whether it was set up (IFF_UP)
 * @param lowerUp whether it has a carrier (IFF_LOWER_UP)
 * @param noArp whether it resolves no neighbours (IFF_NOARP)
 * @param mtu the largest packet, in bytes
 * @param hardwareType ARPHRD_ of linux/if_arp.h: 1 for Ethernet, 65534 for an interface without link layer
 * @param master the bridge or bond that it is a port of
 * @param hardwareAddress in lower-case hexadecimal, for example {@code 02:00:00:00:00:01}; empty if it has none
 * @param peerNamespace where the other end of a veth pair is, as this namespace numbers others; empty if it is in this
 *     one, or if the link is no veth
 * @param ipv6MtuBytes the largest IPv6 packet ({@code net.ipv6.conf.NAME.mtu}), which may be less than the link's MTU,
 *     as a router may have said; empty if there is no IPv6 on the link
 * @param xdp the XDP programs that are attached to it, one for each mode at most
 * @param lower what it is on, if it is a VLAN, a macvlan or an ipvlan and that is in the same network namespace
 * @param filtersVlans whether it is a bridge that goes by the VLANs of its ports ({@code vlan_filtering})
 * @param alias what somebody has noted on it ({@code ip link set alias}); empty if nothing
 */
public record Link(
        int index,
        String name,
        String kind,
        boolean up,
        boolean lowerUp,
        boolean noArp,
        int mtu,
        int hardwareType,
        OptionalInt master,
        String hardwareAddress,
        OptionalInt peerNamespace,
        OptionalInt ipv6MtuBytes,
        List<Xdp> xdp,
        Optional<Lower> lower,
        boolean filtersVlans,
        String alias) {
    private static final int ARPHRD_LOOPBACK = 772;
    private static final int ARPHRD_ETHER = 1;

    public Link {
        xdp = List.copyOf(xdp);
    }

    /**
     * An XDP program on a link.
     *
     * @param mode where it runs
     * @param programId the kernel's number for it; 0 if the kernel does not tell
     */
    public record Xdp(XdpMode mode, int programId) {}

    /** Where an XDP program runs: XDP_ATTACHED_ of linux/if_link.h. */
    public enum XdpMode {
        /** In the driver, before the kernel has made a packet of the frame. */
        DRIVER,
        /** In the stack, on packets: it sees those that {@code bpf_clone_redirect} has come in, too. */
        GENERIC,
        /** In the card itself. */
        HARDWARE
    }

    /**
     * The interface beneath.
     *
     * @param index its number
     * @param vlan the number of the VLAN that the link is; empty if it is none
     */
    public record Lower(int index, OptionalInt vlan) {}

    /** A link without IPv6, XDP and VLANs. */
    public Link(
            int index,
            String name,
            String kind,
            boolean up,
            boolean lowerUp,
            boolean noArp,
            int mtu,
            int hardwareType,
            OptionalInt master,
            String hardwareAddress,
            OptionalInt peerNamespace,
            String alias) {
        this(
                index,
                name,
                kind,
                up,
                lowerUp,
                noArp,
                mtu,
                hardwareType,
                master,
                hardwareAddress,
                peerNamespace,
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                false,
                alias);
    }

    /** Whether an XDP program is attached to it. */
    public boolean hasXdp() {
        return !xdp.isEmpty();
    }

    /** Whether it is the network namespace's own loopback interface ({@code lo}). */
    public boolean isLoopback() {
        return hardwareType == ARPHRD_LOOPBACK;
    }

    /** Whether what it receives begins with an Ethernet header; if not, with the IP header, as on a tun device. */
    public boolean hasEthernetHeader() {
        return hardwareType == ARPHRD_ETHER || hardwareType == ARPHRD_LOOPBACK;
    }
}
