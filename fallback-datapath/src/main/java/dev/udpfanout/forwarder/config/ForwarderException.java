package dev.udpfanout.forwarder.config;

/** A forwarder could not be started, or not given its endpoints; the message says what to change. */
public final class ForwarderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ForwarderException(String message) {
        super(message);
    }

    public ForwarderException(String message, Throwable cause) {
        super(message, cause);
    }
}
