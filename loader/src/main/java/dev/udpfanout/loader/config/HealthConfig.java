package dev.udpfanout.loader.config;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * How endpoints are probed. An endpoint that dies is down after interval + (fall - 1) intervals + timeout at the
 * latest: with the defaults, 5 s + 2 s, after 7 s.
 *
 * @param enabled whether they are
 * @param interval the longest time between the beginnings of two probes of one endpoint
 * @param timeout for an answer; at most the interval
 * @param jitter by which fraction an interval may be shorter, at random each time; 0 to 1
 * @param protocol what is sent
 * @param port where it is sent; the endpoint's own if empty; always empty for ICMP
 * @param path what HTTP asks for, beginning with a slash
 * @param rise successes in a row that bring an endpoint up that was down
 * @param fall failures in a row that take it down
 * @param onAllUnhealthy what becomes of datagrams when all endpoints of a listener are down
 */
public record HealthConfig(
        boolean enabled,
        Duration interval,
        Duration timeout,
        double jitter,
        Protocol protocol,
        OptionalInt port,
        String path,
        int rise,
        int fall,
        OnAllUnhealthy onAllUnhealthy) {

    /** What a probe sends. */
    public enum Protocol {
        /** An echo request, sent again after half of the time-out. */
        ICMP,
        /** A datagram of 16 random bytes that must come back as it is; sent again after half of the time-out. */
        UDP_ECHO,
        /** A connection is opened, and closed. */
        TCP,
        /** A GET request; any status from 200 to 399 is an answer. */
        HTTP;

        /** As the configuration has it, for example {@code "udp_echo"}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of datagrams when all endpoints of a listener are down. */
    public enum OnAllUnhealthy {
        /** They go to all of them, as if none were: the probes may be what is broken. */
        FORWARD,
        /** They are dropped, and counted. */
        DROP
    }
}
