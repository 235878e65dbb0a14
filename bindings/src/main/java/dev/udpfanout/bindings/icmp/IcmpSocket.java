package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.MSG_ERRQUEUE;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One non-blocking socket that sends ICMP echo requests to any number of IPv4 addresses and receives what comes back.
 * Errors that the network reports are read from the socket's error queue (ip(7), IP_RECVERR), the same way for both
 * {@link SocketKind}s.
 *
 * <p>It belongs to the network namespace of the thread that opened it. One thread uses it; only {@link #wakeUp} may be
 * called by others, and not after {@link #close}.
 */
public final class IcmpSocket implements AutoCloseable {
    /** The most a request may carry: a packet of it fits every link's MTU. */
    public static final int MAX_PAYLOAD_BYTES = 512;

    private static final int MAX_NUMBER = 0xffff;
    /** A send reports an error that an earlier message left on the socket instead of its own; each does so once. */
    private static final int SEND_ATTEMPTS = 3;

    private static final Set<Integer> NOT_NOW =
            Set.of(Libc.EAGAIN(), Libc.ENOBUFS(), Libc.ENOMEM(), Libc.EINTR(), Libc.EBUSY());

    private final SocketKind kind;
    private final int identifier = ThreadLocalRandom.current().nextInt(MAX_NUMBER + 1);
    private final IcmpDescriptor descriptor;
    private final Wakeable wakeable;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment request = arena.allocate(EchoMessage.HEADER_BYTES + MAX_PAYLOAD_BYTES, Long.BYTES);
    private final MemorySegment destination = sockaddr_in.allocate(arena);
    private final ReceivedMessage received = new ReceivedMessage(arena);

    private IcmpSocket(SocketKind kind, IcmpDescriptor descriptor, Wakeable wakeable) {
        this.kind = kind;
        this.descriptor = descriptor;
        this.wakeable = wakeable;
    }

    /**
     * Opens the kind that this process may: a datagram socket, else a raw one.
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

    /** @throws SystemCallException for example EACCES (needs a group in net.ipv4.ping_group_range) */
    public static IcmpSocket open(SocketKind kind) {
        IcmpDescriptor descriptor = IcmpDescriptor.open(kind);
        try {
            return new IcmpSocket(kind, descriptor, Wakeable.around(descriptor.number()));
        } catch (Throwable e) {
            descriptor.close();
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
     */
    public SendResult send(Inet4Address to, int sequence, byte[] payload) {
        if (sequence < 0 || sequence > MAX_NUMBER || payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + " or payload of " + payload.length + " bytes is out of range");
        }
        byte[] encoded = new EchoMessage(false, identifier, sequence, payload).encoded();
        MemorySegment message = request.asSlice(0, encoded.length);
        message.copyFrom(MemorySegment.ofArray(encoded));
        SocketAddress4.write(destination, to);
        Errno errno = descriptor.send(message, destination);
        for (int i = 1; i < SEND_ATTEMPTS && errno.number() != 0; i++) {
            errno = descriptor.send(message, destination);
        }
        if (errno.number() == 0) {
            return SendResult.SENT;
        }
        return NOT_NOW.contains(errno.number()) ? SendResult.NOT_NOW : SendResult.NO_WAY;
    }

    /**
     * Hands over what has come back for this socket's requests, without waiting.
     *
     * @param sink called on this thread
     * @param limit read no more messages than this, so that a flood cannot keep the thread here
     * @return whether the limit was reached: there may be more
     */
    public boolean receive(Consumer<IcmpEvent> sink, int limit) {
        int read = 0;
        int flags = 0;
        while (read < limit) {
            long bytes = descriptor.receive(received.cleared(), flags);
            if (bytes >= 0) {
                read++;
                (flags == 0 ? reply(bytes) : unreachable(bytes)).ifPresent(sink);
            } else if (flags == 0 && ErrnoCapture.errno().equals(Errno.EAGAIN)) {
                flags = MSG_ERRQUEUE();
            } else if (flags != 0) {
                return false;
            } else {
                // An error that a message left on the socket: it stands in the error queue too.
                read++;
            }
        }
        return true;
    }

    /** Waits until there is something to receive, somebody calls {@link #wakeUp} or the time is up. */
    public void await(Duration timeout) {
        wakeable.await(timeout);
    }

    /** Makes the current or the next {@link #await} return at once; any thread may. */
    public void wakeUp() {
        wakeable.wakeUp();
    }

    /** Closes the socket; a second time does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            wakeable.close();
            descriptor.close();
        }
    }

    private Optional<IcmpEvent> reply(long bytes) {
        var data = received.data(bytes);
        return EchoMessage.decode(kind == SocketKind.RAW ? EchoMessage.withoutIpHeader(data) : data)
                .filter(EchoMessage::isReply)
                .filter(this::isOurs)
                .map(message -> new IcmpEvent.EchoReply(received.address(), message.sequence(), message.payload()));
    }

    private Optional<IcmpEvent> unreachable(long bytes) {
        OptionalInt code = received.unreachableCode();
        if (code.isEmpty()) {
            return Optional.empty();
        }
        return EchoMessage.decodeHeader(received.data(bytes))
                .filter(message -> !message.isReply())
                .filter(this::isOurs)
                .map(message -> new IcmpEvent.Unreachable(received.address(), message.sequence(), code.getAsInt()));
    }

    private boolean isOurs(EchoMessage message) {
        return kind == SocketKind.DATAGRAM || message.identifier() == identifier;
    }
}
