package dev.udpfanout.forwarder;

import java.net.InetSocketAddress;

/** An endpoint is the forwarder itself: each datagram would go round until its TTL or the node gives out. */
public final class EndpointLoopException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final InetSocketAddress endpoint;

    EndpointLoopException(InetSocketAddress endpoint, InetSocketAddress listener) {
        super("endpoint " + endpoint + " is the listener " + listener + " itself: that would be a loop");
        this.endpoint = endpoint;
    }

    /** The endpoint that is the forwarder. */
    public InetSocketAddress endpoint() {
        return endpoint;
    }
}
