package dev.udpfanout.forwarder.socket;

/** Flags of the send and receive calls. Source: recv(2), send(2). */
public final class MessageFlag {
    /** On a received message: it was longer than its buffer. */
    public static final int TRUNCATED = 0x20;

    /** This call must not block. */
    public static final int DONT_WAIT = 0x40;

    private MessageFlag() {}
}
