package dev.udpfanout.loader.status;

import java.time.Instant;

/**
 * A probe of an endpoint that failed.
 *
 * @param reason in words, for example {@code "no answer in time"}
 * @param at when it failed
 */
public record ProbeError(String reason, Instant at) {}
