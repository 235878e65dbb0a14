package dev.udpfanout.loader.admin;

import java.time.Duration;

/**
 * What a client may use up.
 *
 * @param maxConnections at once; one more takes the place of whoever has dawdled longest
 * @param maxRequestBytes request line and headers
 * @param requestTimeout from the connection to the end of the headers
 * @param responseTimeout from then until the client has taken the whole response
 * @param lingerTimeout from then until the client closes its side
 * @param maxQueuedBytes responses that clients have not taken yet, together; whoever dawdles longest over one pays
 */
public record ServerLimits(
        int maxConnections,
        int maxRequestBytes,
        Duration requestTimeout,
        Duration responseTimeout,
        Duration lingerTimeout,
        long maxQueuedBytes) {

    public static final ServerLimits DEFAULT = new ServerLimits(
            64, 8192, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(1), 8L * 1024 * 1024);
}
