package dev.udpfanout.lab.kernels;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Prints how each check ended, {@code RESULT name PASS|FAIL seconds detail}, and counts them. */
final class CheckReport {
    private int passed;
    private int failed;
    private long beganNanos = System.nanoTime();

    /** Makes a check; one that ends with an exception has failed, and the next can be made. */
    void check(String check, Callable<Outcome> code) {
        Outcome outcome;
        try {
            outcome = code.call();
        } catch (Exception e) {
            outcome = failed(e);
        }
        add(check, outcome);
    }

    /** What prevented a check is its outcome; where it came from is printed. */
    static Outcome failed(Exception reason) {
        reason.printStackTrace(System.out);
        return new Outcome(false, String.valueOf(reason.getMessage()).replaceAll("\\s+", " "));
    }

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
