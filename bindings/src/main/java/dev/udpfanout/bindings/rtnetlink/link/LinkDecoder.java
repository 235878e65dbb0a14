package dev.udpfanout.bindings.rtnetlink.link;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;
import static dev.udpfanout.bindings.generated.libc.Libc.AF_UNSPEC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.DEVCONF_MTU6;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFF_LOWER_UP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFF_NOARP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFF_UP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_ADDRESS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_AF_SPEC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_BR_VLAN_FILTERING;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_IFALIAS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_IFNAME;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_INET6_CONF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_INFO_DATA;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_INFO_KIND;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_LINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_LINKINFO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_LINK_NETNSID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_MASTER;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_MTU;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_VLAN_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_XDP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_XDP_ATTACHED;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_XDP_DRV_PROG_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_XDP_HW_PROG_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_XDP_SKB_PROG_ID;

import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.rtnetlink.link.Link.XdpMode;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads RTM_NEWLINK and RTM_DELLINK. */
public final class LinkDecoder {
    private static final HexFormat COLON_SEPARATED = HexFormat.ofDelimiter(":");

    private static final String VETH = "veth";
    private static final String BRIDGE = "bridge";
    private static final String VLAN = "vlan";

    /** Kinds of which IFLA_LINK is the interface beneath; of a veth it is the other end. */
    private static final Set<String> ON_ANOTHER = Set.of(VLAN, "macvlan", "macvtap", "ipvlan", "ipvtap");

    private LinkDecoder() {}

    /**
     * The link; empty for a message about a link's part in a protocol, such as the RTM_DELLINK of family AF_BRIDGE that
     * says that a port has left its bridge.
     */
    public static Optional<Link> decode(Message message) {
        MemorySegment header = message.struct(ifinfomsg.layout());
        if (ifinfomsg.ifi_family(header) != AF_UNSPEC()) {
            return Optional.empty();
        }
        int flags = ifinfomsg.ifi_flags(header);
        Attributes attributes = message.attributes(ifinfomsg.layout());
        String kind =
                attributes.nested(IFLA_LINKINFO()).string(IFLA_INFO_KIND()).orElse("");
        return Optional.of(new Link(
                ifinfomsg.ifi_index(header),
                attributes
                        .string(IFLA_IFNAME())
                        .orElseThrow(() -> new MalformedMessageException("a link without a name")),
                kind,
                (flags & IFF_UP()) != 0,
                (flags & IFF_LOWER_UP()) != 0,
                (flags & IFF_NOARP()) != 0,
                attributes.number(IFLA_MTU()).orElse(0),
                Short.toUnsignedInt(ifinfomsg.ifi_type(header)),
                attributes.number(IFLA_MASTER()),
                attributes
                        .bytes(IFLA_ADDRESS())
                        .map(bytes -> COLON_SEPARATED.formatHex(bytes.toArray(ValueLayout.JAVA_BYTE)))
                        .orElse(""),
                kind.equals(VETH) ? attributes.number(IFLA_LINK_NETNSID()) : OptionalInt.empty(),
                ipv6Mtu(attributes),
                xdp(attributes.nested(IFLA_XDP())),
                ON_ANOTHER.contains(kind) ? lower(attributes) : Optional.empty(),
                kind.equals(BRIDGE)
                        && flag(attributes.nested(IFLA_LINKINFO()).nested(IFLA_INFO_DATA()), IFLA_BR_VLAN_FILTERING()),
                attributes.string(IFLA_IFALIAS()).orElse("")));
    }

    /** net/core/rtnetlink.c: rtnl_xdp_fill gives the number of each mode's program. */
    private static List<Link.Xdp> xdp(Attributes xdp) {
        if (!flag(xdp, IFLA_XDP_ATTACHED())) {
            return List.of();
        }
        List<Link.Xdp> found = new ArrayList<>();
        xdp.number(IFLA_XDP_DRV_PROG_ID()).ifPresent(id -> found.add(new Link.Xdp(XdpMode.DRIVER, id)));
        xdp.number(IFLA_XDP_SKB_PROG_ID()).ifPresent(id -> found.add(new Link.Xdp(XdpMode.GENERIC, id)));
        xdp.number(IFLA_XDP_HW_PROG_ID()).ifPresent(id -> found.add(new Link.Xdp(XdpMode.HARDWARE, id)));
        return found.isEmpty() ? List.of(new Link.Xdp(XdpMode.DRIVER, 0)) : found;
    }

    /** An index is of another network namespace where that is told: rtnl_fill_link_netnsid. */
    private static Optional<Link.Lower> lower(Attributes attributes) {
        OptionalInt index = attributes.number(IFLA_LINK());
        if (index.isEmpty() || attributes.bytes(IFLA_LINK_NETNSID()).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(new Link.Lower(index.getAsInt(), vlan(attributes.nested(IFLA_LINKINFO()))));
    }

    private static OptionalInt vlan(Attributes info) {
        boolean isVlan = info.string(IFLA_INFO_KIND()).filter(VLAN::equals).isPresent();
        return info.nested(IFLA_INFO_DATA())
                .bytes(IFLA_VLAN_ID())
                .filter(value -> isVlan && value.byteSize() >= Short.BYTES)
                .map(value -> OptionalInt.of(Short.toUnsignedInt(value.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0))))
                .orElse(OptionalInt.empty());
    }

    /** One byte; absent where the kernel knows no such thing. */
    private static boolean flag(Attributes attributes, int type) {
        return attributes
                .bytes(type)
                .map(value -> value.byteSize() > 0 && value.get(ValueLayout.JAVA_BYTE, 0) != 0)
                .orElse(false);
    }

    /** Settings of a link are an array of numbers, by DEVCONF_: inet6_fill_ifla6_attrs in net/ipv6/addrconf.c. */
    private static OptionalInt ipv6Mtu(Attributes attributes) {
        long offset = DEVCONF_MTU6() * (long) Integer.BYTES;
        return attributes
                .nested(IFLA_AF_SPEC())
                .nested(AF_INET6())
                .bytes(IFLA_INET6_CONF())
                .filter(values -> offset + Integer.BYTES <= values.byteSize())
                .map(values -> OptionalInt.of(values.get(ValueLayout.JAVA_INT_UNALIGNED, offset)))
                .orElse(OptionalInt.empty());
    }
}
