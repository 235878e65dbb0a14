package dev.udpfanout.forwarder.admission;

import java.util.List;

/**
 * Which datagrams a forwarder is to forward at all.
 *
 * @param allow where they may come from; empty for anywhere. A forwarder that is to judge it must be started with
 *     {@link dev.udpfanout.forwarder.ForwarderConfig#withReadsSources}
 */
public record Admission(List<SourcePrefix> allow) {
    /** All of them. */
    public static final Admission ALL = new Admission(List.of());

    public Admission {
        allow = List.copyOf(allow);
    }
}
