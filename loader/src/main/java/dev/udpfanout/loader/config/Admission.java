package dev.udpfanout.loader.config;

import java.util.List;
import java.util.Optional;

/**
 * Which of a listener's datagrams are forwarded at all.
 *
 * @param allow where they may come from, in the order of the file; empty: from everywhere
 * @param rateLimit how many of them; empty: as many as there are
 */
public record Admission(List<Prefix> allow, Optional<RateLimit> rateLimit) {
    /** All of them. */
    public static final Admission ALL = new Admission(List.of(), Optional.empty());

    public Admission {
        allow = List.copyOf(allow);
    }
}
