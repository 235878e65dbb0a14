package dev.udpfanout.loader.datapath;

import java.time.Duration;
import java.util.Map;

/**
 * Looks for what the kernel says nothing of: what others do to the datapath (a link that is detached, maps that are
 * emptied), and endpoints that nobody listens at. It costs less than a millisecond, so it can be done more than once a
 * second.
 */
public interface Lookout {
    /** Whether all that it looks at is as it was left. For the thread that reconciles. */
    boolean isIntact();

    /** Endpoints about which ICMP port unreachable has come since the last call. For the thread that reconciles. */
    Unreachable takeUnreachable();

    /**
     * At most how long what has been mended had been gone, all times together, by the repair's kind: from when it was
     * last seen as it should be until it was so again. Any thread.
     */
    Map<String, Duration> outages();
}
