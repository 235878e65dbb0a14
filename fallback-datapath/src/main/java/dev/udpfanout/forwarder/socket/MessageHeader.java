package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * struct mmsghdr, which is struct msghdr and one count, on a 64-bit Linux: native byte order, 64 bytes. Offsets are of
 * the header within a segment of many. Source: recvmmsg(2), struct user_msghdr in include/linux/socket.h.
 */
public final class MessageHeader {
    /** Bytes of struct mmsghdr; also a cache line. */
    public static final int BYTES = 64;

    private static final long NAME = 0;
    private static final long NAME_LENGTH = 8;
    private static final long IOV = 16;
    private static final long IOV_COUNT = 24;
    private static final long CONTROL = 32;
    private static final long CONTROL_LENGTH = 40;
    private static final long FLAGS = 48;
    private static final long MESSAGE_LENGTH = 56;

    private MessageHeader() {}

    /** Writes a whole header; {@code nameBytes}, {@code controlBytes} of 0 mean none. */
    public static void write(MemorySegment headers, long at, long name, int nameBytes, long iov, int iovCount) {
        headers.set(JAVA_LONG, at + NAME, name);
        headers.set(JAVA_LONG, at + NAME_LENGTH, nameBytes);
        headers.set(JAVA_LONG, at + IOV, iov);
        headers.set(JAVA_LONG, at + IOV_COUNT, iovCount);
        control(headers, at, 0, 0);
        headers.set(JAVA_LONG, at + FLAGS, 0);
    }

    /** Sets the ancillary data of a header. */
    public static void control(MemorySegment headers, long at, long control, int controlBytes) {
        headers.set(JAVA_LONG, at + CONTROL, control);
        headers.set(JAVA_LONG, at + CONTROL_LENGTH, controlBytes);
    }

    /** How long the ancillary data of a header is. */
    public static int controlBytes(MemorySegment headers, long at) {
        return (int) headers.get(JAVA_LONG, at + CONTROL_LENGTH);
    }

    /** Sets the room for the peer's address, whose length each receive overwrites. */
    public static void name(MemorySegment headers, long at, long name, int nameBytes) {
        headers.set(JAVA_LONG, at + NAME, name);
        headers.set(JAVA_INT, at + NAME_LENGTH, nameBytes);
    }

    /** msg_flags after a receive, such as MSG_TRUNC. */
    public static int flags(MemorySegment headers, long at) {
        return headers.get(JAVA_INT, at + FLAGS);
    }

    /** msg_len after recvmmsg(2): the datagram's bytes, never more than its buffer. */
    public static int messageLength(MemorySegment headers, long at) {
        return headers.get(JAVA_INT, at + MESSAGE_LENGTH);
    }
}
