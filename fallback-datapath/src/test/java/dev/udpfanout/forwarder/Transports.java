package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportProbe;

/** Forwarders on one transport, whichever would be chosen on this kernel. */
public final class Transports {
    private Transports() {}

    /** What a configuration asks for that is to have it. */
    static IoChoice io(Transport transport) {
        return switch (transport) {
            case IO_URING, IO_URING_SINGLE_SHOT -> IoChoice.IO_URING;
            case EPOLL -> IoChoice.EPOLL;
            case NIO -> IoChoice.NIO;
        };
    }

    /** What is found on a kernel where that is the one to have. */
    static TransportProbe probe(Transport transport) {
        TransportProbe found = TransportProbe.run();
        return transport == Transport.IO_URING_SINGLE_SHOT
                ? found.with(Transport.IO_URING, new Support.Unsupported("not in this test"))
                : found;
    }

    /** Starts one; what the configuration asks for does not count. */
    public static Forwarder start(Transport transport, ForwarderConfig config) {
        return Forwarder.start(config.withIo(io(transport)), probe(transport), "", new DropSamples());
    }
}
