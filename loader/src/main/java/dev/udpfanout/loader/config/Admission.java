package dev.udpfanout.loader.config;

import java.util.List;

/**
 * Which of a listener's datagrams are forwarded at all.
 *
 * @param allow where they may come from, in the order of the file; empty: from everywhere
 */
public record Admission(List<Prefix> allow) {
    /** All of them. */
    public static final Admission ALL = new Admission(List.of());

    public Admission {
        allow = List.copyOf(allow);
    }
}
