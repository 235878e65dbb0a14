package dev.udpfanout.loader.datapath;

import java.util.List;

/** Does all of several steps, and throws the first failure afterwards with the others attached. */
public final class Failures {
    private RuntimeException first;

    /** Does all of these, and throws the first failure afterwards. */
    public static void ofAll(Runnable... steps) {
        Failures failures = new Failures();
        List.of(steps).forEach(failures::collect);
        failures.throwIfAny();
    }

    /** Does a step, and keeps its failure for later. */
    public void collect(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            if (first == null) {
                first = e;
            } else if (first != e) {
                first.addSuppressed(e);
            }
        }
    }

    /** Throws the first failure, if there was one. */
    public void throwIfAny() {
        if (first != null) {
            throw first;
        }
    }
}
