package dev.udpfanout.bench.latency;

import java.util.Locale;

/** How receivers wait for the next datagram. */
public enum Series {
    /** One thread asks every socket again and again: no wake-up is in what is measured. */
    POLLING,
    /** A thread for each socket sleeps in recvfrom(2), as receivers do. */
    BLOCKING;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
