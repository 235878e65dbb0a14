package dev.udpfanout.forwarder.admission;

import java.util.List;
import java.util.Optional;

/**
 * Which datagrams a forwarder is to forward at all.
 *
 * @param allow where they may come from; empty for anywhere. A forwarder that is to judge it must be started with
 *     {@link dev.udpfanout.forwarder.config.ForwarderConfig#withReadsSources}
 * @param rateLimit how many of those; empty for as many as there are
 */
public record Admission(List<SourcePrefix> allow, Optional<RateLimit> rateLimit) {
    /** All of them. */
    public static final Admission ALL = new Admission(List.of(), Optional.empty());

    public Admission {
        allow = List.copyOf(allow);
    }
}
