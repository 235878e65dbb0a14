package dev.udpfanout.loader.config;

import java.time.Duration;

/**
 * How endpoints are probed.
 *
 * @param enabled whether they are
 * @param interval between two probes of one endpoint
 * @param timeout for an answer; at most the interval
 * @param protocol what is sent
 */
public record HealthConfig(boolean enabled, Duration interval, Duration timeout, Protocol protocol) {
    /** What a probe sends. */
    public enum Protocol {
        ICMP
    }
}
