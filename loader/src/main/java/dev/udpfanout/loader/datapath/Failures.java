package dev.udpfanout.loader.datapath;

/** Does all of several steps, and throws the first failure afterwards with the others attached. */
public final class Failures {
    private RuntimeException first;

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
