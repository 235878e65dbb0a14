package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.IntFunction;

/** Answers each request with the next part of a script, made with the request's sequence number. */
final class ScriptedTransport implements Transport {
    private final Queue<IntFunction<List<byte[]>>> script = new ArrayDeque<>();
    private final Queue<byte[]> received = new ArrayDeque<>();
    int requestCount;
    int closeCount;

    /** The datagrams that answer the next request without an answer. */
    ScriptedTransport answer(IntFunction<List<byte[]>> datagrams) {
        script.add(datagrams);
        return this;
    }

    @Override
    public void send(MemorySegment message) {
        requestCount++;
        IntFunction<List<byte[]>> answer = script.poll();
        if (answer != null) {
            received.addAll(answer.apply(nlmsghdr.nlmsg_seq(message)));
        }
    }

    @Override
    public long receive(MemorySegment buffer, long timeoutNanos) {
        byte[] datagram = received.poll();
        if (datagram == null) {
            return TIMED_OUT;
        }
        int copied = (int) Math.min(datagram.length, buffer.byteSize());
        MemorySegment.copy(datagram, 0, buffer, ValueLayout.JAVA_BYTE, 0, copied);
        return datagram.length;
    }

    @Override
    public void close() {
        closeCount++;
    }
}
