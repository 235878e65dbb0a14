package dev.udpfanout.forwarder.worker;

import java.net.InetSocketAddress;

/**
 * One worker's way to one endpoint: a connected socket, so that the kernel looks the route up once, reports ICMP errors
 * to it, and the node tracks one connection an endpoint and worker instead of one a datagram.
 */
public abstract class Target {
    private final InetSocketAddress endpoint;
    private final TargetCounters counters;
    private final Counter forwarded;
    private final Counter forwardedBytes;
    private final Counter unreachable;
    private int inFlight;
    private Runnable onIdle;

    /** @param counters go on from what an earlier target of this worker for the same endpoint counted */
    protected Target(InetSocketAddress endpoint, TargetCounters counters) {
        this.endpoint = endpoint;
        this.counters = counters;
        this.forwarded = counters.forwarded();
        this.forwardedBytes = counters.forwardedBytes();
        this.unreachable = counters.unreachable();
    }

    final TargetCounters counters() {
        return counters;
    }

    /** Where it sends to. */
    public final InetSocketAddress endpoint() {
        return endpoint;
    }

    /** Datagrams that the kernel took. */
    public final Counter forwarded() {
        return forwarded;
    }

    /** The payload of those. */
    public final Counter forwardedBytes() {
        return forwardedBytes;
    }

    /** ICMP answers that the port is closed. */
    public final Counter unreachable() {
        return unreachable;
    }

    public final void onSubmitted() {
        inFlight++;
    }

    public final void onCompleted() {
        if (--inFlight == 0 && onIdle != null) {
            onIdle.run();
        }
    }

    /** Runs the action once nothing that was handed to the kernel for this target is still to be sent. */
    final void whenIdle(Runnable action) {
        if (inFlight == 0) {
            action.run();
        } else {
            onIdle = action;
        }
    }

    public final boolean isIdle() {
        return inFlight == 0;
    }

    protected abstract void close();
}
