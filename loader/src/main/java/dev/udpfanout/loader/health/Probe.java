package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;

/** One probe of one endpoint, from its first datagram or connection to its result. For the monitor's thread alone. */
final class Probe {
    private final long id;
    private final InetSocketAddress endpoint;
    private final long startedNanos;
    private boolean finished;

    Probe(long id, InetSocketAddress endpoint, long startedNanos) {
        this.id = id;
        this.endpoint = endpoint;
        this.startedNanos = startedNanos;
    }

    /** Different for each probe of a monitor; counts up from 0. */
    long id() {
        return id;
    }

    InetSocketAddress endpoint() {
        return endpoint;
    }

    long startedNanos() {
        return startedNanos;
    }

    boolean isFinished() {
        return finished;
    }

    /** @return false if it was already */
    boolean finish() {
        boolean isFirst = !finished;
        finished = true;
        return isFirst;
    }
}
