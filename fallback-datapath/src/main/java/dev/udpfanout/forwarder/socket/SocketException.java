package dev.udpfanout.forwarder.socket;

import java.io.IOException;

/** A socket call failed; the message names the call and the errno. */
public final class SocketException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call the call and what it was for, such as {@code "bind 10.0.0.1:514"}
     * @param errno the positive error number
     */
    public SocketException(String call, int errno) {
        super(call + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /** The positive error number, see errno(3). */
    public int errno() {
        return errno;
    }
}
