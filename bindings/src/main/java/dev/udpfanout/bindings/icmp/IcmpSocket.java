package dev.udpfanout.bindings.icmp;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Sends ICMP and ICMPv6 echo requests to any number of addresses and receives what comes back, without blocking: a
 * socket for each of the two, if the kernel speaks IPv6. Errors that the network reports are read from the sockets'
 * error queues (IP_RECVERR of ip(7), IPV6_RECVERR of ipv6(7)), the same way for both {@link SocketKind}s.
 *
 * <p>It belongs to the network namespace of the thread that opened it. One thread uses it; only {@link #wakeUp} may be
 * called by others, and not after {@link #close}.
 */
public final class IcmpSocket implements AutoCloseable {
    /** The most a request may carry: a packet of it fits every link's MTU. */
    public static final int MAX_PAYLOAD_BYTES = 512;

    private static final int MAX_NUMBER = 0xffff;

    private final SocketKind kind;
    private final List<IcmpChannel> channels;
    private final Wakeable wakeable;
    private boolean closed;

    private IcmpSocket(SocketKind kind, List<IcmpChannel> channels, Wakeable wakeable) {
        this.kind = kind;
        this.channels = channels;
        this.wakeable = wakeable;
    }

    /**
     * Opens the kind that this process may: datagram sockets, else raw ones.
     *
     * @throws SystemCallException if it may neither; what it says about the raw one
     */
    public static IcmpSocket open() {
        try {
            return open(SocketKind.DATAGRAM);
        } catch (SystemCallException datagramRefused) {
            try {
                return open(SocketKind.RAW);
            } catch (SystemCallException rawRefused) {
                rawRefused.addSuppressed(datagramRefused);
                throw rawRefused;
            }
        }
    }

    /**
     * @throws SystemCallException for example EACCES (needs a group in net.ipv4.ping_group_range, which IPv6 goes by
     *     too)
     */
    public static IcmpSocket open(SocketKind kind) {
        int identifier = ThreadLocalRandom.current().nextInt(MAX_NUMBER + 1);
        List<IcmpChannel> channels = new ArrayList<>();
        try {
            channels.add(IcmpChannel.open(IcmpFamily.V4, kind, identifier));
            IcmpChannel.openIfSpoken(IcmpFamily.V6, kind, identifier).ifPresent(channels::add);
            int[] fds = channels.stream().mapToInt(IcmpChannel::fd).toArray();
            return new IcmpSocket(kind, List.copyOf(channels), Wakeable.around(fds));
        } catch (Throwable e) {
            channels.forEach(IcmpChannel::close);
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Which kind it is. */
    public SocketKind kind() {
        return kind;
    }

    /**
     * Sends an echo request.
     *
     * @param sequence 0 to 65535; what comes back carries it
     * @param payload at most {@link #MAX_PAYLOAD_BYTES}
     * @return {@link SendResult#NO_WAY} also for an IPv6 address where the kernel has no IPv6
     */
    public SendResult send(InetAddress to, int sequence, byte[] payload) {
        if (sequence < 0 || sequence > MAX_NUMBER || payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + " or payload of " + payload.length + " bytes is out of range");
        }
        for (IcmpChannel channel : channels) {
            if (channel.family() == IcmpFamily.of(to)) {
                return channel.send(to, sequence, payload);
            }
        }
        return SendResult.NO_WAY;
    }

    /**
     * Hands over what has come back for these sockets' requests, without waiting.
     *
     * @param sink called on this thread
     * @param limit read no more messages than this of either family, so that a flood cannot keep the thread here
     * @return whether the limit was reached: there may be more
     */
    public boolean receive(Consumer<IcmpEvent> sink, int limit) {
        boolean more = false;
        for (IcmpChannel channel : channels) {
            more |= channel.receive(sink, limit);
        }
        return more;
    }

    /** Waits until there is something to receive, somebody calls {@link #wakeUp} or the time is up. */
    public void await(Duration timeout) {
        wakeable.await(timeout);
    }

    /** Makes the current or the next {@link #await} return at once; any thread may. */
    public void wakeUp() {
        wakeable.wakeUp();
    }

    /** Closes the sockets; a second time does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            wakeable.close();
            channels.forEach(IcmpChannel::close);
        }
    }
}
