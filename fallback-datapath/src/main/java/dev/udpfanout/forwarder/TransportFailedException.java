package dev.udpfanout.forwarder;

import java.io.IOException;

/** A transport that the probe found supported could not be set up after all. */
final class TransportFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    TransportFailedException(Transport transport, Throwable cause) {
        super(transport.label() + " could not be set up: " + cause, cause);
    }
}
