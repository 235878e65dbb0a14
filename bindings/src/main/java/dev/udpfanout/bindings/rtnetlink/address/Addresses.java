package dev.udpfanout.bindings.rtnetlink.address;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_ADDRESS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_CACHEINFO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_LOCAL;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CREATE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_EXCL;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.ifaddrmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.LinkLabel;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * IPv4 and IPv6 addresses of the links in the socket's namespace: {@code RTM_*ADDR} of rtnetlink(7). Changes need
 * CAP_NET_ADMIN.
 */
public final class Addresses {
    /** struct ifa_cacheinfo of linux/if_addr.h: preferred for 0 s, valid for ever; the two times are the kernel's. */
    private static final byte[] NEVER_PREFERRED = {0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

    private final RtnetlinkSocket socket;

    public Addresses(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** The addresses of all links. */
    public List<InterfaceAddress> all() {
        return socket.dump(
                new Request(
                        RequestType.RTM_GETADDR, () -> "all addresses", message -> message.struct(ifaddrmsg.layout())),
                AddressDecoder::decode);
    }

    /** The addresses of one link; none if there is no such link. */
    public List<InterfaceAddress> of(int linkIndex) {
        return all().stream()
                .filter(address -> address.linkIndex() == linkIndex)
                .toList();
    }

    /**
     * {@code ip address add ADDRESS/PREFIX dev LINK}. If the link is up, the kernel adds a {@code local} route for the
     * address, whether it was asked for or not; for IPv6 a little after this call has returned, when duplicate address
     * detection has run or been skipped (addrconf_dad_work in net/ipv6/addrconf.c): {@link RouteMonitor} tells when.
     *
     * @param prefixLength of the network around it, in bits: 32 or 128 for the address alone
     * @throws SystemCallException EEXIST if the link has it already, ENODEV if there is no such link
     * @throws IllegalArgumentException if the address has no prefix of that length
     */
    public void add(int linkIndex, InetAddress address, int prefixLength) {
        Scope scope = address.isLoopbackAddress() ? Scope.HOST : Scope.UNIVERSE;
        socket.execute(request(
                RequestType.RTM_NEWADDR,
                NLM_F_CREATE() | NLM_F_EXCL(),
                new InterfaceAddress(linkIndex, address, prefixLength, scope)));
    }

    /**
     * As {@link #add}, but the kernel takes the address as a source for nothing that goes further than the link while
     * any other will do: neither for a socket without an address of its own, nor for masquerading. For IPv4 that is
     * {@code scope link} (inet_select_addr in net/ipv4/devinet.c, which nf_nat_masquerade_ipv4 asks for a global one);
     * for IPv6 {@code preferred_lft 0} (RFC 6724 section 5 rule 3; ipv6_get_saddr_eval in net/ipv6/addrconf.c).
     *
     * @throws SystemCallException as {@link #add}
     * @throws IllegalArgumentException as {@link #add}
     */
    public void addDestination(int linkIndex, InetAddress address, int prefixLength) {
        boolean isIpv6 = address instanceof Inet6Address;
        Scope scope = isIpv6 ? Scope.UNIVERSE : Scope.LINK;
        InterfaceAddress wanted = new InterfaceAddress(linkIndex, address, prefixLength, scope);
        socket.execute(request(RequestType.RTM_NEWADDR, NLM_F_CREATE() | NLM_F_EXCL(), wanted, message -> {
            if (isIpv6) {
                message.put(IFA_CACHEINFO(), NEVER_PREFERRED);
            }
        }));
    }

    /**
     * {@code ip address del ADDRESS/PREFIX dev LINK}.
     *
     * @throws SystemCallException EADDRNOTAVAIL if the link does not have it with that prefix
     * @throws IllegalArgumentException if the address has no prefix of that length
     */
    public void remove(int linkIndex, InetAddress address, int prefixLength) {
        socket.execute(request(
                RequestType.RTM_DELADDR, 0, new InterfaceAddress(linkIndex, address, prefixLength, Scope.UNIVERSE)));
    }

    private Request request(RequestType type, int flags, InterfaceAddress wanted) {
        return request(type, flags, wanted, message -> {});
    }

    private Request request(
            RequestType type, int flags, InterfaceAddress wanted, Consumer<MessageBuilder> furtherAttributes) {
        InetAddress address = wanted.address();
        return new Request(type, flags, () -> label(wanted), message -> {
            MemorySegment header = message.struct(ifaddrmsg.layout());
            ifaddrmsg.ifa_family(header, (byte) InternetAddress.family(address));
            ifaddrmsg.ifa_prefixlen(header, (byte) wanted.prefixLength());
            ifaddrmsg.ifa_scope(header, (byte) wanted.scope().number());
            ifaddrmsg.ifa_index(header, wanted.linkIndex());
            message.putAddress(IFA_LOCAL(), address);
            message.putAddress(IFA_ADDRESS(), address);
            furtherAttributes.accept(message);
        });
    }

    private String label(InterfaceAddress wanted) {
        return wanted.address().getHostAddress() + "/" + wanted.prefixLength() + " dev "
                + LinkLabel.of(socket, wanted.linkIndex());
    }
}
