package dev.udpfanout.forwarder.counter;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import java.util.Locale;

/** Why a datagram did not reach a receiver. Counted each, see {@link ForwarderCounters}. */
public enum DropReason {
    /** The endpoint table was empty. */
    NO_ENDPOINTS,
    /** The sender's address is in none of the prefixes allowed. */
    NOT_ALLOWED,
    /** More than {@link dev.udpfanout.forwarder.admission.RateLimit} lets through. */
    RATE_LIMITED,
    /** Longer than {@link ForwarderConfig#maxPacketBytes()}. */
    TOO_LONG,
    /** The kernel refused the send, for example for want of a route. */
    SEND_FAILED,
    /** The send would have had to wait: the socket's send buffer or the interface's queue was full. */
    SEND_QUEUE_FULL,
    /** It was to be copied and arrived with a TTL or hop limit of 0 or 1, which a copy must be one below. */
    TTL_EXPIRED,
    /** It was copied a moment ago and has come back: an endpoint is a listener that copies, too. */
    LOOP,
    /** Its sender is the only endpoint: a host drops what comes from its own address. Only where that is kept. */
    HAIRPIN,
    /** The kernel did not take an endpoint's copy, with {@link dev.udpfanout.forwarder.spread.Spread#TO_ALL}. */
    COPY_FAILED,
    /**
     * ICMP said that the receiver's port is closed. Such a datagram was counted as forwarded before the answer came;
     * the kernel reports at most one answer a send, so this is a lower bound.
     */
    UNREACHABLE,
    /** The kernel dropped it before the forwarder could read it (receive buffer full); not in the received count. */
    RECEIVE_QUEUE_OVERFLOW;

    /** The reason as metrics and logs have it, such as {@code too_long}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
