package dev.udpfanout.loader.config;

import java.time.Duration;

/**
 * What is remembered of who asks and who answers, for all listeners with {@code replies} together.
 *
 * @param max flows at a time; beyond that, those go that were not used for longest
 * @param idleTimeout after how long without a datagram a flow is forgotten
 */
public record FlowsConfig(int max, Duration idleTimeout) {
    /** Where the file says nothing. */
    public static final FlowsConfig DEFAULT = new FlowsConfig(65_536, Duration.ofSeconds(120));

    public static final int MIN_FLOWS = 1024;
    public static final int MAX_FLOWS = 1 << 20;
    public static final int MAX_IDLE_SECONDS = 3600;
}
