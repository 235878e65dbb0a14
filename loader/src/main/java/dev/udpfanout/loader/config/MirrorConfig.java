package dev.udpfanout.loader.config;

import dev.udpfanout.loader.config.ListenerConfig.Downstream;
import java.util.List;
import java.util.Optional;

/**
 * A second set of receivers, which gets a copy of some of a listener's datagrams.
 *
 * @param downstream receivers from the file; at least one, or none where they come from Kubernetes
 * @param kubernetes where else they come from
 * @param sample of how many datagrams one is copied: 1 for all
 */
public record MirrorConfig(List<Downstream> downstream, Optional<KubernetesSource> kubernetes, int sample) {
    /** What {@code sample} may be at the most. */
    public static final int MAX_SAMPLE = 1_000_000;

    public MirrorConfig {
        downstream = List.copyOf(downstream);
    }
}
