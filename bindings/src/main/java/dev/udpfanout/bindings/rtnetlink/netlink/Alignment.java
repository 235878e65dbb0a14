package dev.udpfanout.bindings.rtnetlink.netlink;

/** Messages and attributes begin at multiples of four bytes: NLMSG_ALIGN and RTA_ALIGN of netlink(3), rtnetlink(3). */
final class Alignment {
    private static final long BYTES = 4;

    private Alignment() {}

    /** The next multiple of four at or after a length in bytes. */
    static long up(long lengthBytes) {
        return (lengthBytes + BYTES - 1) & -BYTES;
    }
}
