package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.forwarder.transport.Support;
import java.util.Set;

/** Tries something and says how it went. What failed for a reason that may pass is unknown, not unsupported. */
final class Attempt {
    private static final Set<String> PASSING =
            Set.of("EAGAIN", "EINTR", "ENOMEM", "ENOBUFS", "EBUSY", "ENOSPC", "EMFILE", "ENFILE", "ETIMEDOUT");

    private Attempt() {}

    /** Something that works if it returns. */
    @FunctionalInterface
    interface Step {
        void run();
    }

    static Support of(Step step) {
        try {
            step.run();
            return new Support.Supported();
        } catch (SystemCallException e) {
            return PASSING.contains(e.errno().symbol())
                    ? new Support.Unknown(e.getMessage())
                    : new Support.Unsupported(e.getMessage());
        } catch (LinkageError e) {
            return new Support.Unsupported(e.toString());
        } catch (RuntimeException e) {
            return new Support.Unknown(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Something that answers yes or no. */
    static Support of(java.util.function.BooleanSupplier question, String no) {
        boolean[] answer = new boolean[1];
        Support asked = of(() -> answer[0] = question.getAsBoolean());
        return asked.isSupported() && !answer[0] ? new Support.Unsupported(no) : asked;
    }
}
