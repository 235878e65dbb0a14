package dev.udpfanout.loader.health;

import dev.udpfanout.loader.status.HealthState;
import java.net.InetSocketAddress;

/**
 * An endpoint's state has changed.
 *
 * @param endpoint whose
 * @param from before
 * @param to now; another one
 * @param reason in words for the log
 */
public record HealthChange(InetSocketAddress endpoint, HealthState from, HealthState to, String reason) {}
