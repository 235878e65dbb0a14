package dev.udpfanout.bindings.errno;

/**
 * A call into the C library, libbpf or the kernel that failed. The message names the call, what it was about, the errno
 * by its symbol and, where there is one, the mend: {@code bpf_tc_attach on dummy0 ingress: EPERM (needs
 * CAP_NET_ADMIN)}.
 */
public final class SystemCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errnoNumber;

    /**
     * @param call the function that failed, for example {@code "bpf_tc_attach"}
     * @param on what it was about, for example {@code "dummy0 ingress"}; empty where the call says it all
     * @param errno why
     */
    public SystemCallException(String call, String on, Errno errno) {
        this(call, on, errno, defaultHint(errno));
    }

    /**
     * @param call the function that failed
     * @param on what it was about; may be empty
     * @param errno why
     * @param hint what the reader can do, or what the kernel said in words; may be empty
     */
    public SystemCallException(String call, String on, Errno errno, String hint) {
        super(call + (on.isEmpty() ? "" : " on " + on) + ": " + errno.symbol()
                + (hint.isEmpty() ? "" : " (" + hint + ")"));
        this.errnoNumber = errno.number();
    }

    /** Why the call failed. */
    public Errno errno() {
        return new Errno(errnoNumber);
    }

    private static String defaultHint(Errno errno) {
        return errno.equals(Errno.EPERM) ? "needs CAP_NET_ADMIN and CAP_BPF, or root" : "";
    }
}
