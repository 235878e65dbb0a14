package dev.udpfanout.loader.status;

import java.time.Duration;
import java.util.Optional;

/**
 * The watch for EndpointSlices.
 *
 * @param connected whether all watches run now; if not, the last known endpoints stay in force
 * @param synced whether a first full list has been seen
 * @param events changes of endpoints or VIPs that the watches have told of; a burst counts once
 * @param relists how often everything had to be listed anew
 * @param failures how often a list or a watch failed
 * @param sinceLastContact how long ago the API server was last heard of; empty if never
 */
public record WatchStatus(
        boolean connected,
        boolean synced,
        long events,
        long relists,
        long failures,
        Optional<Duration> sinceLastContact) {}
