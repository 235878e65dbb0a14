package dev.udpfanout.loader.daemon;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the configuration that is put in force by itself: what goes wrong with it neither keeps the others from
 * theirs nor is forgotten.
 *
 * @param <T> what the configuration says of it
 */
final class ConfigPart<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigPart.class);

    private final String name;
    private final Consumer<T> change;
    private Optional<T> inForce = Optional.empty();
    private Optional<String> hindrance = Optional.empty();

    /**
     * @param name for the log
     * @param change does what a value takes; called again after it has thrown
     */
    ConfigPart(String name, Consumer<T> change) {
        this.name = name;
        this.change = change;
    }

    /**
     * Puts a value in force, for a start that cannot do without it.
     *
     * @throws RuntimeException what goes wrong
     */
    void require(T wanted) {
        // If it fails half way, neither the old value nor the new one is in force.
        inForce = Optional.empty();
        change.accept(wanted);
        inForce = Optional.of(wanted);
        hindrance = Optional.empty();
    }

    /**
     * Puts a value in force unless it is; to be called again and again, and silent while what goes wrong is the same.
     */
    void attempt(T wanted) {
        if (inForce.equals(Optional.of(wanted))) {
            return;
        }
        try {
            require(wanted);
        } catch (RuntimeException e) {
            Optional<String> failure = Optional.of(String.valueOf(e.getMessage()));
            if (!failure.equals(hindrance)) {
                LOG.error("failed to apply {}, will retry: {}", name, failure.get());
                LOG.debug("the stack trace", e);
            }
            hindrance = failure;
        }
    }

    /** Why what is wanted is not in force: these reasons, none if all is. */
    static List<String> hindrances(Optional<String> other, ConfigPart<?>... parts) {
        return Stream.concat(other.stream(), Stream.of(parts).flatMap(part -> part.hindrance().stream()))
                .toList();
    }

    /** Why the value of the last attempt is not in force; empty if it is. */
    Optional<String> hindrance() {
        return hindrance;
    }
}
