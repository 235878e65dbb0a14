package dev.udpfanout.loader.kubernetes.fake;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what other threads bring about: as long as it takes, up to a bound that is far beyond what it should take.
 */
public final class Eventually {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofMillis(2);

    private Eventually() {}

    /** Fails, saying what there is instead, if the condition does not come true. */
    public static void isTrue(BooleanSupplier condition, Supplier<?> otherwise) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + BOUND + "; last seen: " + otherwise.get());
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    public static void equal(Object expected, Supplier<?> actual) {
        isTrue(() -> expected.equals(actual.get()), () -> actual.get() + ", expected " + expected);
    }
}
