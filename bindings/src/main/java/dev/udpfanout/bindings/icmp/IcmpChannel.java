package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.MSG_ERRQUEUE;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** One family's half of an {@link IcmpSocket}. */
final class IcmpChannel implements AutoCloseable {
    /** A send reports an error that an earlier message left on the socket instead of its own; each does so once. */
    private static final int SEND_ATTEMPTS = 3;

    private static final Set<Integer> NOT_NOW =
            Set.of(Libc.EAGAIN(), Libc.ENOBUFS(), Libc.ENOMEM(), Libc.EINTR(), Libc.EBUSY());

    private final IcmpFamily family;
    private final SocketKind kind;
    private final int identifier;
    private final IcmpDescriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment request =
            arena.allocate(EchoMessage.HEADER_BYTES + IcmpSocket.MAX_PAYLOAD_BYTES, Long.BYTES);
    private final MemorySegment destination;
    private final ReceivedMessage received;

    private IcmpChannel(IcmpFamily family, SocketKind kind, int identifier, IcmpDescriptor descriptor) {
        this.family = family;
        this.kind = kind;
        this.identifier = identifier;
        this.descriptor = descriptor;
        this.destination = arena.allocate(family.domain().addressBytes(), Integer.BYTES);
        this.received = new ReceivedMessage(arena, family);
    }

    /** @param identifier in every request, and so in its reply, where the kernel does not choose one */
    static IcmpChannel open(IcmpFamily family, SocketKind kind, int identifier) {
        return new IcmpChannel(family, kind, identifier, IcmpDescriptor.open(family, kind));
    }

    /** As {@link #open}; empty if this machine's kernel does not speak the family. */
    static Optional<IcmpChannel> openIfSpoken(IcmpFamily family, SocketKind kind, int identifier) {
        try {
            return Optional.of(open(family, kind, identifier));
        } catch (SystemCallException e) {
            if (e.errno().number() == Libc.EAFNOSUPPORT()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    IcmpFamily family() {
        return family;
    }

    int fd() {
        return descriptor.number();
    }

    SendResult send(InetAddress to, int sequence, byte[] payload) {
        byte[] encoded = new EchoMessage(family, false, identifier, sequence, payload).encoded();
        MemorySegment message = request.asSlice(0, encoded.length);
        message.copyFrom(MemorySegment.ofArray(encoded));
        SocketAddress.write(destination, to);
        Errno errno = descriptor.send(message, destination);
        for (int i = 1; i < SEND_ATTEMPTS && errno.number() != 0; i++) {
            errno = descriptor.send(message, destination);
        }
        if (errno.number() == 0) {
            return SendResult.SENT;
        }
        return NOT_NOW.contains(errno.number()) ? SendResult.NOT_NOW : SendResult.NO_WAY;
    }

    /** Whether the limit was reached: there may be more. */
    boolean receive(Consumer<IcmpEvent> sink, int limit) {
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

    private Optional<IcmpEvent> reply(long bytes) {
        var data = received.data(bytes);
        return EchoMessage.decode(family, family.comesWithIpHeader(kind) ? EchoMessage.withoutIpHeader(data) : data)
                .filter(EchoMessage::isReply)
                .filter(this::isOurs)
                .map(message -> new IcmpEvent.EchoReply(received.address(), message.sequence(), message.payload()));
    }

    private Optional<IcmpEvent> unreachable(long bytes) {
        OptionalInt code = received.unreachableCode();
        if (code.isEmpty()) {
            return Optional.empty();
        }
        return EchoMessage.decodeHeader(family, received.data(bytes))
                .filter(message -> !message.isReply())
                .filter(this::isOurs)
                .map(message -> new IcmpEvent.Unreachable(received.address(), message.sequence(), code.getAsInt()));
    }

    private boolean isOurs(EchoMessage message) {
        return kind == SocketKind.DATAGRAM || message.identifier() == identifier;
    }

    @Override
    public void close() {
        arena.close();
        descriptor.close();
    }
}
