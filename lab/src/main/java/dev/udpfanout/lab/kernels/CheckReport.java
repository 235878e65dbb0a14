package dev.udpfanout.lab.kernels;

import java.time.Duration;

/** Prints how each check ended, {@code RESULT name PASS|FAIL seconds detail}, and counts them. */
final class CheckReport {
    private int passed;
    private int failed;
    private long beganNanos = System.nanoTime();

    /** A check has ended; it took the time since the one before. */
    void add(String check, Outcome outcome) {
        if (outcome.passed()) {
            passed++;
        } else {
            failed++;
        }
        long now = System.nanoTime();
        System.out.println("RESULT " + check + (outcome.passed() ? " PASS " : " FAIL ")
                + Duration.ofNanos(now - beganNanos).toSeconds() + " " + outcome.detail());
        beganNanos = now;
    }

    int passed() {
        return passed;
    }

    int failed() {
        return failed;
    }
}
