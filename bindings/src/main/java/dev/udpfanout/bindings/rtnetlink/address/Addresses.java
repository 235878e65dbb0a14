package dev.udpfanout.bindings.rtnetlink.address;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_ADDRESS;
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
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;

/**
 * IPv4 and IPv6 addresses of the links in the socket's namespace: {@code RTM_*ADDR} of rtnetlink(7). Changes need
 * CAP_NET_ADMIN.
 */
public final class Addresses {
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
        int flags = NLM_F_CREATE() | NLM_F_EXCL();
        socket.execute(
                request(RequestType.RTM_NEWADDR, flags, new InterfaceAddress(linkIndex, address, prefixLength, scope)));
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
        InetAddress address = wanted.address();
        return new Request(type, flags, () -> label(wanted), message -> {
            MemorySegment header = message.struct(ifaddrmsg.layout());
            ifaddrmsg.ifa_family(header, (byte) InternetAddress.family(address));
            ifaddrmsg.ifa_prefixlen(header, (byte) wanted.prefixLength());
            ifaddrmsg.ifa_scope(header, (byte) wanted.scope().number());
            ifaddrmsg.ifa_index(header, wanted.linkIndex());
            message.putAddress(IFA_LOCAL(), address);
            message.putAddress(IFA_ADDRESS(), address);
        });
    }

    private String label(InterfaceAddress wanted) {
        return wanted.address().getHostAddress() + "/" + wanted.prefixLength() + " dev "
                + LinkLabel.of(socket, wanted.linkIndex());
    }
}
