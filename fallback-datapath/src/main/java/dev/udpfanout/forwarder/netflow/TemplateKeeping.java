package dev.udpfanout.forwarder.netflow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How templates are remembered.
 *
 * @param limits for all workers together
 * @param file begins the names of the files that they are in as well, so that they outlive the process; without it they
 *     do not
 * @param retelling how often all endpoints are told all of them again, so that one that has restarted unnoticed knows
 *     them; zero for never
 */
public record TemplateKeeping(TemplateMemory.Limits limits, Optional<Path> file, Duration retelling) {
    /** Told again to nobody. */
    public TemplateKeeping(TemplateMemory.Limits limits, Optional<Path> file) {
        this(limits, file, Duration.ZERO);
    }

    /** In this process's memory alone. */
    public TemplateKeeping(TemplateMemory.Limits limits) {
        this(limits, Optional.empty());
    }
}
