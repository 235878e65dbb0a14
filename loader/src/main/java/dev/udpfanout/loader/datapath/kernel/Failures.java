package dev.udpfanout.loader.datapath.kernel;

/** Does all of several steps, and throws the first failure afterwards with the others attached. */
final class Failures {
    private RuntimeException first;

    void collect(Runnable step) {
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

    void throwIfAny() {
        if (first != null) {
            throw first;
        }
    }
}
