package dev.udpfanout.bindings.rtnetlink.link;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFF_NOARP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFF_UP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_IFALIAS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_IFNAME;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_INFO_KIND;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_LINKINFO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CREATE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_EXCL;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Network interfaces of the socket's namespace: {@code RTM_*LINK} of rtnetlink(7). Changes need CAP_NET_ADMIN; each
 * throws {@link SystemCallException}, with ENODEV where there is no such link.
 */
public final class Links {
    private final RtnetlinkSocket socket;

    public Links(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** All links, in the kernel's order. */
    public List<Link> all() {
        return socket.dump(
                new Request(RequestType.RTM_GETLINK, () -> "all links", message -> message.struct(ifinfomsg.layout())),
                LinkDecoder::decode);
    }

    /**
     * The link of that name, if there is one.
     *
     * @throws IllegalArgumentException if no interface can have that name
     */
    public Optional<Link> byName(String name) {
        InterfaceName.checked(name);
        return one(new Request(RequestType.RTM_GETLINK, () -> name, message -> {
            message.struct(ifinfomsg.layout());
            message.putString(IFLA_IFNAME(), name);
        }));
    }

    /** The link of that index, if there is one. */
    public Optional<Link> byIndex(int index) {
        checkedIndex(index);
        return one(new Request(
                RequestType.RTM_GETLINK,
                () -> "link " + index,
                message -> ifinfomsg.ifi_index(message.struct(ifinfomsg.layout()), index)));
    }

    /**
     * Makes an interface that drops what it is told to send: drivers/net/dummy.c.
     *
     * @return the link, still down
     * @throws SystemCallException EEXIST if there is an interface of that name, EOPNOTSUPP if the kernel has no dummy
     *     driver (and cannot load its module)
     * @throws IllegalArgumentException if no interface can have that name
     */
    public Link createDummy(String name) {
        return create(name, "dummy");
    }

    /**
     * Makes a bridge without ports, which drops what it is told to send as a dummy does: for kernels without dummy.
     *
     * @return the link, still down
     * @throws SystemCallException as {@link #createDummy}
     * @throws IllegalArgumentException if no interface can have that name
     */
    public Link createBridge(String name) {
        return create(name, "bridge");
    }

    /** {@code ip link set up}. The kernel puts local routes in place. */
    public void setUp(int index) {
        setFlags(index, IFF_UP(), IFF_UP());
    }

    /**
     * {@code ip link set down}. The kernel drops the link's routes, the IPv4 ones without telling {@link RouteMonitor},
     * and its IPv6 addresses unless the sysctl keep_addr_on_down is set.
     */
    public void setDown(int index) {
        setFlags(index, 0, IFF_UP());
    }

    /** {@code ip link set arp off} (true) or {@code arp on} (false). */
    public void setNoArp(int index, boolean noArp) {
        setFlags(index, noArp ? IFF_NOARP() : 0, IFF_NOARP());
    }

    /**
     * Notes something on the link, for people and for whoever cleans up: {@code ip link set alias}.
     *
     * @param alias at most 255 bytes (IFALIASZ of linux/if.h)
     */
    public void setAlias(int index, String alias) {
        checkedIndex(index);
        socket.execute(new Request(RequestType.RTM_SETLINK, () -> LinkLabel.of(socket, index), message -> {
            ifinfomsg.ifi_index(message.struct(ifinfomsg.layout()), index);
            message.putString(IFLA_IFALIAS(), alias);
        }));
    }

    /** Removes the link with its addresses, routes and filters; of a veth pair both ends. */
    public void delete(int index) {
        socket.execute(request(RequestType.RTM_DELLINK, index));
    }

    /**
     * Whether IPv4 packets that come in here may be sent on: the sysctl {@code net.ipv4.conf.NAME.forwarding}, set
     * without /proc/sys, which containers often mount read-only.
     *
     * <p>Unlike the sysctl it does not switch off large receive offload (LRO), with which a forwarder loses packets:
     * inet_set_link_af in net/ipv4/devinet.c.
     */
    public void setIpv4Forwarding(int index, boolean forwarding) {
        set(index, new Ipv4Settings.Change(Ipv4Settings.FORWARDING, forwarding ? 1 : 0));
    }

    /** What {@link #setIpv4Forwarding} sets. */
    public boolean ipv4Forwarding(int index) {
        return get(index, Ipv4Settings.FORWARDING) != 0;
    }

    /**
     * The sysctl {@code net.ipv4.conf.NAME.rp_filter}: 0 takes packets from anywhere, 1 only those whose source is
     * routed back by this link, 2 those whose source is routed at all. In force is the greater of it and
     * {@code net.ipv4.conf.all.rp_filter}: Documentation/networking/ip-sysctl.rst.
     */
    public void setIpv4ReversePathFilter(int index, int mode) {
        if (mode < 0 || mode > 2) {
            throw new IllegalArgumentException("reverse path filter " + mode + " is not 0, 1 or 2");
        }
        set(index, new Ipv4Settings.Change(Ipv4Settings.REVERSE_PATH_FILTER, mode));
    }

    /** What {@link #setIpv4ReversePathFilter} sets. */
    public int ipv4ReversePathFilter(int index) {
        return get(index, Ipv4Settings.REVERSE_PATH_FILTER);
    }

    /**
     * The sysctl {@code net.ipv4.conf.NAME.accept_local}: whether packets may come in here from one of this node's own
     * addresses. Even so, a reverse path filter looks at them.
     */
    public void setIpv4AcceptLocal(int index, boolean accept) {
        set(index, new Ipv4Settings.Change(Ipv4Settings.ACCEPT_LOCAL, accept ? 1 : 0));
    }

    /** What {@link #setIpv4AcceptLocal} sets. */
    public boolean ipv4AcceptLocal(int index) {
        return get(index, Ipv4Settings.ACCEPT_LOCAL) != 0;
    }

    private Link create(String name, String kind) {
        InterfaceName.checked(name);
        int flags = NLM_F_CREATE() | NLM_F_EXCL();
        socket.execute(new Request(RequestType.RTM_NEWLINK, flags, () -> name + " type " + kind, message -> {
            message.struct(ifinfomsg.layout());
            message.putString(IFLA_IFNAME(), name);
            message.nest(IFLA_LINKINFO(), info -> info.putString(IFLA_INFO_KIND(), kind));
        }));
        return byName(name)
                .orElseThrow(() -> new SystemCallException("RTM_GETLINK", name, Errno.ENODEV, "gone after creation"));
    }

    private Optional<Link> one(Request request) {
        try {
            return socket.query(request, LinkDecoder::decode).stream().findFirst();
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void setFlags(int index, int flags, int mask) {
        checkedIndex(index);
        socket.execute(new Request(RequestType.RTM_SETLINK, () -> LinkLabel.of(socket, index), message -> {
            MemorySegment header = message.struct(ifinfomsg.layout());
            ifinfomsg.ifi_index(header, index);
            ifinfomsg.ifi_flags(header, flags);
            ifinfomsg.ifi_change(header, mask);
        }));
    }

    private void set(int index, Ipv4Settings.Change change) {
        checkedIndex(index);
        socket.execute(new Request(RequestType.RTM_SETLINK, () -> LinkLabel.of(socket, index), message -> {
            ifinfomsg.ifi_index(message.struct(ifinfomsg.layout()), index);
            change.encode(message);
        }));
    }

    private int get(int index, int setting) {
        Request request = request(RequestType.RTM_GETLINK, index);
        return socket.query(request, message -> Ipv4Settings.decode(message, setting)).stream()
                .findFirst()
                .orElseThrow(() -> new SystemCallException(
                        request.type().name(), request.about().get(), Errno.EADDRNOTAVAIL, "has no IPv4 settings"));
    }

    private Request request(RequestType type, int index) {
        checkedIndex(index);
        return new Request(
                type,
                () -> LinkLabel.of(socket, index),
                message -> ifinfomsg.ifi_index(message.struct(ifinfomsg.layout()), index));
    }

    private static void checkedIndex(int index) {
        // RTM_DELLINK with index 0 would mean all links of group 0: every link.
        if (index <= 0) {
            throw new IllegalArgumentException("link index " + index + " is not positive");
        }
    }
}
