package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.errno.SystemCallException;
import java.lang.foreign.MemorySegment;

/** Carries messages to the kernel and back; the tests have one that answers from a script. */
interface Transport extends AutoCloseable {
    /** What {@link #receive} returns when nothing came in time. */
    long TIMED_OUT = -1;

    /** @throws SystemCallException if the kernel does not take the message */
    void send(MemorySegment message);

    /**
     * Waits for one datagram.
     *
     * @return its length in bytes, greater than the buffer's if it was cut off to fit; or {@link #TIMED_OUT}
     * @throws SystemCallException if receiving fails, with ENOBUFS if datagrams were lost
     */
    long receive(MemorySegment buffer, long timeoutNanos);

    @Override
    void close();
}
