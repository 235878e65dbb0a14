package dev.udpfanout.bindings.rtnetlink.netlink;

/** Bytes from a netlink socket that are not what netlink(7) says they should be; the message says what and where. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String what) {
        super(what);
    }
}
