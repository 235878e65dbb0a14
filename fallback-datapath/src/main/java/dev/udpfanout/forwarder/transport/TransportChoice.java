package dev.udpfanout.forwarder.transport;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import java.util.ArrayList;
import java.util.List;

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
     * The first transport that the probe found supported.
     *
     * @throws ForwarderException if a transport was asked for by name and is not supported
     */
    public static TransportChoice of(IoChoice asked, TransportProbe probe) {
        if (asked != IoChoice.AUTO) {
            Transport transport = Transport.valueOf(asked.name());
            Support support = probe.of(transport);
            if (!support.isSupported()) {
                throw new ForwarderException("io: " + transport.label() + ": " + support.describe());
            }
            return new TransportChoice(transport, List.of());
        }
        return firstSupported(probe);
    }

    private static TransportChoice firstSupported(TransportProbe probe) {
        List<Rejection> rejected = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            Support support = probe.of(transport);
            if (support.isSupported()) {
                return new TransportChoice(transport, rejected);
            }
            rejected.add(new Rejection(transport, support.describe()));
        }
        throw new ForwarderException("no transport: " + rejected);
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
