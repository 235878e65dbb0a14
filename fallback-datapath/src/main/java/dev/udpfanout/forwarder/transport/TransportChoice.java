package dev.udpfanout.forwarder.transport;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The transport in use, and why those that would have been preferred are not.
 *
 * @param transport what was chosen
 * @param rejected the ones above it, in order of preference
 */
public record TransportChoice(Transport transport, List<Rejection> rejected) {
    /** @param why for an operator to read */
    public record Rejection(Transport transport, String why) {}

    public TransportChoice {
        rejected = List.copyOf(rejected);
    }

    /**
     * The first transport that the probe found supported, of those that were asked for.
     *
     * @throws ForwarderException if a transport was asked for by name and is not supported
     */
    public static TransportChoice of(IoChoice asked, TransportProbe probe) {
        List<Rejection> rejected = new ArrayList<>();
        for (Transport transport : thoseOf(asked)) {
            Support support = probe.of(transport);
            if (support.isSupported()) {
                return new TransportChoice(transport, rejected);
            }
            // Both forms of io_uring need a ring: what keeps that from being made is said once.
            boolean isSaid = transport == Transport.IO_URING_SINGLE_SHOT
                    && rejected.getLast().why().equals(support.describe());
            if (!isSaid) {
                rejected.add(new Rejection(transport, support.describe()));
            }
        }
        // Of io_uring: what keeps the first from being made keeps the second, or is the nearer one to mend.
        throw new ForwarderException("io: " + asked.name().toLowerCase(Locale.ROOT) + ": "
                + rejected.getLast().why());
    }

    private static List<Transport> thoseOf(IoChoice asked) {
        return switch (asked) {
            case AUTO -> List.of(Transport.values());
            case IO_URING -> List.of(Transport.IO_URING, Transport.IO_URING_SINGLE_SHOT);
            case EPOLL -> List.of(Transport.EPOLL);
            case NIO -> List.of(Transport.NIO);
        };
    }

    /** One line for the log, such as {@code "epoll (not io_uring: the sysctl kernel.io_uring_disabled is 2)"}. */
    public String describe() {
        StringBuilder text = new StringBuilder(transport.label());
        for (Rejection rejection : rejected) {
            text.append(" (not ").append(rejection.transport().label());
            text.append(": ").append(rejection.why()).append(')');
        }
        return text.toString();
    }
}
