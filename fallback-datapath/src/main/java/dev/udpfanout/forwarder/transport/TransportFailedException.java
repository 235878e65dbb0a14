package dev.udpfanout.forwarder.transport;

import java.io.IOException;

/** A transport that the probe found supported could not be set up after all. */
public final class TransportFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    public TransportFailedException(Transport transport, Throwable cause) {
        super(transport.label() + " could not be set up: " + cause, cause);
    }
}
