package dev.udpfanout.bindings.rtnetlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_NETFILTER;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_ROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_ACK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_DUMP;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.address.Addresses;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbours;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.tc.Qdiscs;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A socket for requests to the kernel's network configuration: rtnetlink(7). {@link Links}, {@link Addresses},
 * {@link Routes}, {@link Neighbours}, {@link Qdiscs} and {@link TcFilters} ask through one.
 *
 * <p>It belongs to the network namespace of the thread that opened it, whichever thread uses it later. It may be
 * shared: one request is under way at a time. Close it when done; {@link #close} waits for a request under way.
 *
 * <p>A failure is a {@link SystemCallException} that names the request, what it was about, the error and the kernel's
 * own words: {@code RTM_NEWROUTE on 10.255.0.1/32 dev dummy0: EEXIST}. Two errors are this class's own: ETIMEDOUT for
 * an answer that does not come and EPROTO for one that cannot be understood.
 */
public final class RtnetlinkSocket implements AutoCloseable {
    /** How long {@link #open()} lets the kernel take to answer. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    /** Dumps of a table that changes meanwhile are repeated, so many times at most in all. */
    static final int MAX_DUMPS = 8;

    /** linux/netlink.h. */
    private static final int NETLINK_XFRM = 6;

    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private final Transport transport;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private int lastSequence;
    private boolean closed;

    RtnetlinkSocket(Transport transport, Duration timeout) {
        this.transport = transport;
        this.timeout = timeout;
    }

    /** As {@link #open(Duration)}, with {@link #DEFAULT_TIMEOUT}. */
    public static RtnetlinkSocket open() {
        return open(DEFAULT_TIMEOUT);
    }

    /**
     * Opens a socket in the calling thread's network namespace. Reading needs no privilege, changing CAP_NET_ADMIN.
     *
     * @param timeout how long the kernel may take to answer, or to send the next part of a long answer
     * @throws SystemCallException if the kernel makes no socket, for example EMFILE
     * @throws IllegalArgumentException if the time-out is not positive, or longer than an hour
     */
    public static RtnetlinkSocket open(Duration timeout) {
        return open(NETLINK_ROUTE(), timeout);
    }

    /**
     * A socket of nfnetlink, which has the same rules of request and answer: NETLINK_NETFILTER of netlink(7).
     *
     * @throws SystemCallException EPROTONOSUPPORT on a kernel without nfnetlink
     */
    public static RtnetlinkSocket openNetfilter() {
        return open(NETLINK_NETFILTER(), DEFAULT_TIMEOUT);
    }

    /**
     * A socket for IPsec's policies, with the same rules of request and answer: NETLINK_XFRM of netlink(7).
     *
     * @throws SystemCallException EPROTONOSUPPORT on a kernel without them
     */
    public static RtnetlinkSocket openXfrm() {
        return open(NETLINK_XFRM, DEFAULT_TIMEOUT);
    }

    private static RtnetlinkSocket open(int protocol, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("time-out " + timeout + " is not between zero and " + MAX_TIMEOUT);
        }
        return new RtnetlinkSocket(KernelTransport.open(protocol), timeout);
    }

    /** Closes the socket; a second time does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                transport.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A request that is answered by success or an error. */
    public void execute(Request request) {
        query(request, message -> Optional.empty());
    }

    /** A request that is answered by messages, and success or an error behind them. */
    public <T> List<T> query(Request request, Function<Message, Optional<T>> decoder) {
        return send(request, request.flags() | NLM_F_ACK(), decoder);
    }

    /** A request with just these flags; one without NLM_F_ACK or NLM_F_DUMP the kernel need not answer at all. */
    public <T> List<T> send(Request request, int flags, Function<Message, Optional<T>> decoder) {
        lock.lock();
        try {
            return exchange(decoder).run(request, flags);
        } finally {
            lock.unlock();
        }
    }

    /** A request for a whole table, without holes: repeated if the table changed while it was read. */
    public <T> List<T> dump(Request request, Function<Message, Optional<T>> decoder) {
        lock.lock();
        try {
            for (int i = 0; i < MAX_DUMPS; i++) {
                Exchange<T> exchange = exchange(decoder);
                List<T> answers = exchange.run(request, request.flags() | NLM_F_DUMP());
                if (!exchange.isInterrupted()) {
                    return answers;
                }
            }
        } finally {
            lock.unlock();
        }
        throw new SystemCallException(
                request.type().name(),
                request.about().get(),
                Errno.EINTR,
                "the table changed during each of " + MAX_DUMPS + " dumps");
    }

    private <T> Exchange<T> exchange(Function<Message, Optional<T>> decoder) {
        if (closed) {
            throw new IllegalStateException("this RtnetlinkSocket is closed");
        }
        return new Exchange<>(transport, ++lastSequence, timeout, decoder);
    }
}
