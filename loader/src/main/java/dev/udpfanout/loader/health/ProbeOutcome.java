package dev.udpfanout.loader.health;

import java.util.Locale;

/** How a probe ended. */
public enum ProbeOutcome {
    SUCCESS("answered"),
    /** A definite no: connection refused, unreachable, an error status. */
    REFUSED("refused"),
    /** No answer in time. */
    TIMEOUT("no answer in time"),
    /**
     * This machine could not send it: no memory, no file descriptors, a family that the probe cannot. Decides nothing.
     */
    NOT_SENT("failed to send the probe");

    private final String words;

    ProbeOutcome(String words) {
        this.words = words;
    }

    /** In words for the log. */
    String words() {
        return words;
    }

    /** As a metric's label has it, for example {@code "not_sent"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
