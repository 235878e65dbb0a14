package dev.udpfanout.bindings.rtnetlink;

/** Bytes from a netlink socket that are not what netlink(7) says they should be; the message says what and where. */
final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String what) {
        super(what);
    }
}
