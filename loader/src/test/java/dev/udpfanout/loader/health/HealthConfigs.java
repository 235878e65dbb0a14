package dev.udpfanout.loader.health;

import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Quick settings for tests. The time-out is long against a busy machine's pauses, where an answer is what is awaited.
 */
final class HealthConfigs {
    private HealthConfigs() {}

    static HealthConfig of(Protocol protocol) {
        return of(protocol, "/");
    }

    /** For very many endpoints. */
    static HealthConfig slow() {
        return of(Protocol.ICMP, "/", Duration.ofSeconds(2));
    }

    static HealthConfig of(Protocol protocol, String path) {
        return of(protocol, path, Duration.ofMillis(200));
    }

    private static HealthConfig of(Protocol protocol, String path, Duration interval) {
        return new HealthConfig(
                true, interval, interval, 0.1, protocol, OptionalInt.empty(), path, 1, 2, OnAllUnhealthy.FORWARD);
    }
}
