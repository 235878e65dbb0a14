package dev.udpfanout.loader.datapath.userspace;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a forwarder's workers to take over what they were given, for a bounded time. */
final class WorkersAnswer {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private WorkersAnswer() {}

    /** @param what they were given, for the error: for example "the endpoints" */
    static void await(CompletionStage<Void> taken, String what) {
        try {
            taken.toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the workers did not take " + what, e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the workers did not take " + what + " within " + LIMIT.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the workers took " + what, e);
        }
    }
}
