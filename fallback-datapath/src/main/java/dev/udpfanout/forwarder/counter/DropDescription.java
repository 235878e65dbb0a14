package dev.udpfanout.forwarder.counter;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A drop while it is told of: one object for each thread that drops, filled anew for each drop. The address of the
 * sender is a number of 128 bits in two halves, IPv4 as v4-mapped (RFC 4291, section 2.5.5.2).
 */
public final class DropDescription {
    private final String listener;
    private final Optional<InetSocketAddress> destination;
    private DropReason reason = DropReason.NO_ENDPOINTS;
    private boolean hasSource;
    private long sourceHigh;
    private long sourceLow;
    private int sourcePort;
    private InetSocketAddress endpoint;
    private int datagrams;
    private int bytes;

    /** @param destination empty if there are several */
    public DropDescription(String listener, Optional<InetSocketAddress> destination) {
        this.listener = listener;
        this.destination = destination;
    }

    /**
     * Begins with a drop.
     *
     * @param chosen the endpoint; null if none was chosen
     * @param payloadBytes of all datagrams
     */
    public DropDescription begin(DropReason why, InetSocketAddress chosen, int count, int payloadBytes) {
        reason = why;
        endpoint = chosen;
        datagrams = count;
        bytes = payloadBytes;
        hasSource = false;
        return this;
    }

    /** The sender, if it is known; port 0 to 65535. */
    public DropDescription source(long high, long low, int port) {
        hasSource = true;
        sourceHigh = high;
        sourceLow = low;
        sourcePort = port;
        return this;
    }

    String listener() {
        return listener;
    }

    Optional<InetSocketAddress> destination() {
        return destination;
    }

    DropReason reason() {
        return reason;
    }

    boolean hasSource() {
        return hasSource;
    }

    long sourceHigh() {
        return sourceHigh;
    }

    long sourceLow() {
        return sourceLow;
    }

    int sourcePort() {
        return sourcePort;
    }

    InetSocketAddress endpoint() {
        return endpoint;
    }

    int datagrams() {
        return datagrams;
    }

    int bytes() {
        return bytes;
    }
}
