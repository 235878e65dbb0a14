package dev.udpfanout.loader.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out steps that may fail, and logs each failure under the name of its step. A step that goes on failing for
 * the same reason is logged once; a reason that changes is logged again. An Error is a failure like others: the thread
 * that carries out the steps is the one that decides, and nothing stands in for it. Belongs to one thread.
 */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final Runnable onFailure;
    private final Map<String, String> lastReasons = new HashMap<>();

    /** @param onFailure called after each failure, logged or not */
    Attempts(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /**
     * Carries out one step.
     *
     * @param step completes the sentence "failed to …"
     * @return whether it succeeded
     */
    boolean attempt(String step, Runnable action) {
        try {
            action.run();
            lastReasons.remove(step);
            return true;
        } catch (RuntimeException | Error e) {
            String reason = reason(e);
            if (!reason.equals(lastReasons.put(step, reason))) {
                LOG.error("failed to {}, will retry: {}", step, reason);
                LOG.debug("the stack trace", e);
            }
            onFailure.run();
            return false;
        }
    }

    /** All of them: {@code Failures} attaches those that came after the first. */
    private static String reason(Throwable failure) {
        return Stream.concat(Stream.of(failure), Stream.of(failure.getSuppressed()))
                .map(each -> each instanceof Error || each.getMessage() == null ? each.toString() : each.getMessage())
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
