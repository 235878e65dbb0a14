package dev.udpfanout.forwarder.netflow;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How templates are remembered.
 *
 * @param limits for all workers together
 * @param file begins the names of the files that they are in as well, so that they outlive the process; without it they
 *     do not
 */
public record TemplateKeeping(TemplateMemory.Limits limits, Optional<Path> file) {
    /** In this process's memory alone. */
    public TemplateKeeping(TemplateMemory.Limits limits) {
        this(limits, Optional.empty());
    }
}
