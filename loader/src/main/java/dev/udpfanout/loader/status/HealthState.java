package dev.udpfanout.loader.status;

import java.util.Locale;

/** What the probes say about an endpoint. */
public enum HealthState {
    /** No probe has decided yet. The endpoint is used. */
    UNKNOWN,
    UP,
    DOWN;

    /** Whether datagrams may be sent to it. */
    public boolean isUsable() {
        return this != DOWN;
    }

    /** As {@code /status} and the log have it, for example {@code "up"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
