package dev.udpfanout.loader.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is remembered of exporters of NetFlow v9 and IPFIX, for each listener with {@code payload: netflow}.
 *
 * @param maxTemplates at a time; beyond that, those go that were refreshed longest ago
 * @param lifetime after how long without a refresh a template is forgotten
 * @param directory where what is remembered outlives the daemon; without it, it does not
 * @param retelling how often all receivers are told all of it again; zero for never
 */
public record NetflowConfig(int maxTemplates, Duration lifetime, Optional<Path> directory, Duration retelling) {
    /** As where the file says nothing, but not on disk. */
    public static final NetflowConfig IN_MEMORY =
            new NetflowConfig(65_536, Duration.ofMinutes(30), Optional.empty(), Duration.ofMinutes(1));

    /** Where the file says nothing: a folder that is empty after the host has booted. */
    public static final NetflowConfig DEFAULT = IN_MEMORY.in(Optional.of(Path.of("/run/udp-fanout")));

    public static final int MAX_TEMPLATES = 1 << 20;
    public static final int MIN_LIFETIME_SECONDS = 10;
    public static final int MAX_LIFETIME_SECONDS = 86_400;
    public static final int MAX_RETELLING_SECONDS = 86_400;

    private NetflowConfig in(Optional<Path> other) {
        return new NetflowConfig(maxTemplates, lifetime, other, retelling);
    }
}
