package dev.udpfanout.forwarder.transport;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which transports this kernel and process allow, found out by trying.
 *
 * @param results what was found for each transport; NIO is always supported
 */
public record TransportProbe(Map<Transport, Support> results) {
    public TransportProbe {
        results = Map.copyOf(results);
    }

    /** Tries each transport. Netty remembers its own first result for the life of the process. */
    public static TransportProbe run() {
        Map<Transport, Support> results = new EnumMap<>(Transport.class);
        Support foreignCalls = ForeignCallProbe.run();
        Support ring = foreignCalls.isSupported() ? ring() : foreignCalls;
        results.put(Transport.IO_URING, ring.isSupported() ? multishot() : ring);
        results.put(Transport.IO_URING_SINGLE_SHOT, ring);
        results.put(Transport.EPOLL, foreignCalls.isSupported() ? epoll() : foreignCalls);
        results.put(Transport.NIO, new Support.Supported());
        return new TransportProbe(results);
    }

    /** What was found for one transport. */
    public Support of(Transport transport) {
        return results.get(transport);
    }

    /** This probe with another result for one transport. */
    public TransportProbe with(Transport transport, Support result) {
        Map<Transport, Support> changed = new EnumMap<>(results);
        changed.put(transport, result);
        return new TransportProbe(changed);
    }

    private static Support ring() {
        NettyOperations.doWithoutShutdown();
        Throwable cause = IoUring.unavailabilityCause();
        return cause == null
                ? new Support.Supported()
                : UnavailabilityCause.of("io_uring", cause, IoUringSysctl.read());
    }

    private static Support multishot() {
        return IoUring.isRecvMultishotEnabled()
                ? new Support.Supported()
                : new Support.Unsupported("no multishot receive, which Linux 6.0 has");
    }

    private static Support epoll() {
        Throwable cause = Epoll.unavailabilityCause();
        return cause == null ? new Support.Supported() : UnavailabilityCause.of("epoll", cause, IoUringSysctl.NOT_SET);
    }
}
