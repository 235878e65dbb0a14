package dev.udpfanout.forwarder.socket;

import java.io.IOException;

/**
 * A socket call failed. The message names the call, what it was about, the errno by its symbol and what that means:
 * {@code bind on /10.0.0.1:514: EADDRINUSE (address and port already in use)}. This is the form of all of udp-fanout's
 * failed calls.
 */
public final class SocketException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call the function that failed, such as {@code "bind"}
     * @param on what it was about, such as {@code "/10.0.0.1:514"}; empty where the call says it all
     * @param errno the positive error number
     */
    public SocketException(String call, String on, int errno) {
        super(call + (on.isEmpty() ? "" : " on " + on) + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /** The positive error number, see errno(3). */
    public int errno() {
        return errno;
    }
}
