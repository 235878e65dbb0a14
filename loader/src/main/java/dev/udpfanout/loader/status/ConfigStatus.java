package dev.udpfanout.loader.status;

import java.time.Instant;
import java.util.List;

/**
 * The configuration file.
 *
 * @param file its path as given
 * @param valid whether what stands in the file now is what is in force
 * @param appliedAt since when the configuration in force is
 * @param reloadsApplied changed files that came into force
 * @param reloadsRefused changed files that were invalid
 * @param problems of the file now, or why it could not be put in force, one line each; empty if valid
 */
public record ConfigStatus(
        String file,
        boolean valid,
        Instant appliedAt,
        long reloadsApplied,
        long reloadsRefused,
        List<String> problems) {

    public ConfigStatus {
        problems = List.copyOf(problems);
    }
}
