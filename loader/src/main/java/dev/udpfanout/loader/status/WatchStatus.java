package dev.udpfanout.loader.status;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The watches of Kubernetes, those for annotated Services among them.
 *
 * @param connected whether all watches run now; if not, the last known endpoints stay in force
 * @param synced whether a first full list has been seen
 * @param events changes of endpoints or VIPs that the watches have told of; a burst counts once
 * @param relists how often everything had to be listed anew
 * @param failures how often a list or a watch failed
 * @param leftOut endpoints of Services that are not used now, by reason: {@code bad_port} and so on
 * @param lastError why one of the watches does not run, in words; empty if all run, or none has failed yet
 * @param sinceLastContact how long ago the API server was last heard of; empty if never
 */
public record WatchStatus(
        boolean connected,
        boolean synced,
        long events,
        long relists,
        long failures,
        Map<String, Long> leftOut,
        Optional<String> lastError,
        Optional<Duration> sinceLastContact) {

    public WatchStatus {
        leftOut = Collections.unmodifiableMap(new TreeMap<>(leftOut));
    }

    /** These watches and others taken together. */
    public WatchStatus and(WatchStatus others) {
        Map<String, Long> bothLeftOut = new TreeMap<>(leftOut);
        others.leftOut.forEach((reason, count) -> bothLeftOut.merge(reason, count, Long::sum));
        return new WatchStatus(
                connected && others.connected,
                synced && others.synced,
                events + others.events,
                relists + others.relists,
                failures + others.failures,
                bothLeftOut,
                lastError.or(others::lastError),
                Stream.concat(sinceLastContact.stream(), others.sinceLastContact.stream())
                        .min(Duration::compareTo));
    }
}
