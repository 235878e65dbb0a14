package dev.udpfanout.forwarder.config;

import java.time.Duration;
import java.util.Objects;

/**
 * Bounds for a forwarder that brings replies back.
 *
 * @param maxFlows flows at a time, each with a socket of its own, at least one a worker; shared out evenly among the
 *     workers
 * @param idle how long a flow lives without a datagram in either direction
 */
public record ReplyLimits(int maxFlows, Duration idle) {
    public ReplyLimits {
        Objects.requireNonNull(idle, "idle");
        if (maxFlows < 1) {
            throw new IllegalArgumentException("maxFlows: " + maxFlows + " is less than 1");
        }
        if (idle.isNegative() || idle.isZero()) {
            throw new IllegalArgumentException("idle: " + idle + " is no time at all");
        }
    }
}
