package dev.udpfanout.loader.datapath.mode;

/** The kernel datapath cannot be had on this node or by this process; the message says why. */
public final class KernelRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason for an operator to read, as in a log line */
    public KernelRefusedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
