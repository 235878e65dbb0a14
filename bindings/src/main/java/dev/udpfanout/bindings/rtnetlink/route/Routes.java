package dev.udpfanout.bindings.rtnetlink.route;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_APPEND;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CREATE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_EXCL;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_REPLACE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_IIF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_SRC;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * IPv4 and IPv6 routes of the socket's namespace: {@code RTM_*ROUTE} of rtnetlink(7). Changes need CAP_NET_ADMIN.
 *
 * <p>The kernel takes a link's routes away when the link goes down and puts back only the ones it makes itself.
 */
public final class Routes {
    /** What a route of type unreachable, prohibit, blackhole or throw answers, and where there is none. */
    private static final Set<Errno> UNREACHABLE =
            Set.of(Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EACCES, Errno.EINVAL);

    /** linux/rtnetlink.h: the answer says which table decided. */
    private static final int RTM_F_LOOKUP_TABLE = 0x1000;

    /** linux/rtnetlink.h. */
    private static final int RTA_MARK = 16;

    private final RtnetlinkSocket socket;

    public Routes(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** The routes of all tables, without the entries of the route cache. */
    public List<Route> all() {
        return socket.dump(
                new Request(RequestType.RTM_GETROUTE, () -> "all routes", message -> message.struct(rtmsg.layout())),
                RouteDecoder::decode);
    }

    /** The routes of all tables that look at more than a packet's destination. */
    public List<SelectiveRoute> selective() {
        return socket.dump(
                new Request(
                        RequestType.RTM_GETROUTE,
                        () -> "all routes that look at more than the destination",
                        message -> message.struct(rtmsg.layout())),
                SelectiveRoute::decode);
    }

    /** The routes of one table; none if there is no such table. */
    public List<Route> table(int table) {
        return all().stream().filter(route -> route.table() == table).toList();
    }

    /**
     * Adds a route, as {@code ip route add}.
     *
     * @throws SystemCallException EEXIST if there is one to that destination with that priority in that table, ENETDOWN
     *     if the link is down, EINVAL if the destination has bits behind its prefix
     */
    public void add(Route route) {
        socket.execute(request(RequestType.RTM_NEWROUTE, NLM_F_CREATE() | NLM_F_EXCL(), route));
    }

    /**
     * Adds an IPv4 route before all others to that destination with that priority in that table, as {@code ip route
     * prepend}: of routes with one priority the first counts (fib_table_insert, net/ipv4/fib_trie.c).
     *
     * @throws SystemCallException EEXIST if there is the same route already, wherever it stands, ENETDOWN if the link
     *     is down
     */
    public void prepend(Route route) {
        socket.execute(request(RequestType.RTM_NEWROUTE, NLM_F_CREATE(), route));
    }

    /**
     * Adds an IPv4 route behind all others to that destination with that priority in that table, as {@code ip route
     * append}. The kernel adds an address's {@code local} route in the same way (fib_magic, net/ipv4/fib_frontend.c).
     *
     * @throws SystemCallException as {@link #prepend}
     */
    public void append(Route route) {
        socket.execute(request(RequestType.RTM_NEWROUTE, NLM_F_CREATE() | NLM_F_APPEND(), route));
    }

    /**
     * Adds a route or puts it in the place of the first one to that destination with that priority in that table:
     * {@code ip route replace}. At no moment is there none.
     */
    public void replace(Route route) {
        socket.execute(request(RequestType.RTM_NEWROUTE, NLM_F_CREATE() | NLM_F_REPLACE(), route));
    }

    /**
     * Removes a route: one that agrees with all that is given, so that what {@link #table} returned removes just that.
     *
     * @throws SystemCallException ESRCH if there is none
     */
    public void remove(Route route) {
        socket.execute(request(RequestType.RTM_DELROUTE, 0, route));
    }

    /**
     * By which link the kernel would send a packet to an address, as {@code ip route get}: with rules and all. Empty if
     * it would not.
     */
    public OptionalInt outgoingLink(InetAddress address) {
        return chosen(address).map(ChosenRoute::linkIndex).orElse(OptionalInt.empty());
    }

    /** What the kernel would do with a packet of this host to an address. Empty if there is no route to it. */
    public Optional<ChosenRoute> chosen(InetAddress address) {
        RouteAnswer answer = ask(RouteQuestion.from(address));
        answer.refusal().filter(errno -> !UNREACHABLE.contains(errno)).ifPresent(errno -> {
            throw new SystemCallException("RTM_GETROUTE", "route to " + address.getHostAddress(), errno);
        });
        return answer.route();
    }

    /** What the kernel would do with a packet. It looks nothing up in caches of its own that packets would not meet. */
    public RouteAnswer ask(RouteQuestion question) {
        InetAddress destination = question.destination();
        Request request =
                new Request(RequestType.RTM_GETROUTE, () -> "route to " + destination.getHostAddress(), message -> {
                    MemorySegment header = message.struct(rtmsg.layout());
                    rtmsg.rtm_family(header, (byte) InternetAddress.family(destination));
                    rtmsg.rtm_dst_len(header, (byte) (destination.getAddress().length * Byte.SIZE));
                    rtmsg.rtm_flags(header, RTM_F_LOOKUP_TABLE);
                    message.putAddress(RTA_DST(), destination);
                    question.source().ifPresent(source -> {
                        rtmsg.rtm_src_len(header, (byte) (source.getAddress().length * Byte.SIZE));
                        message.putAddress(RTA_SRC(), source);
                    });
                    question.incomingLink().ifPresent(link -> message.putInt(RTA_IIF(), link));
                    if (question.mark() != 0) {
                        message.putInt(RTA_MARK, question.mark());
                    }
                });
        try {
            return socket
                    .query(request, message -> ChosenRoute.decode(message)
                            .map(route -> RouteAnswer.of(route, ChosenRoute.table(message))))
                    .stream()
                    .findFirst()
                    .orElseGet(() -> RouteAnswer.refused(Errno.ENETUNREACH));
        } catch (SystemCallException e) {
            return RouteAnswer.refused(e.errno());
        }
    }

    private Request request(RequestType type, int flags, Route route) {
        if (route.type() == RouteType.OTHER) {
            throw new IllegalArgumentException("a route of unknown type cannot be written: " + route);
        }
        return new Request(
                type, flags, () -> RouteLabel.of(socket, route), message -> RouteEncoder.encode(message, route));
    }
}
