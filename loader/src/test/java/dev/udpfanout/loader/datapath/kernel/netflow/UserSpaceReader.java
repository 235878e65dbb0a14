package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.forwarder.netflow.SharedSets;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.forwarder.netflow.Verdict;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/** What user space makes of exporters' messages: the other one of two that read the same. */
final class UserSpaceReader {
    private static final int SOCKADDR_BYTES = 32;

    private final SharedSets shared =
            new SharedSets(new TemplateMemory(new Limits(1 << 20, 1 << 30, Long.MAX_VALUE)), Optional.empty());

    /**
     * What becomes of a message.
     *
     * @param toOthers what those get whose turn it is not; empty for nothing
     */
    record Fate(Verdict verdict, Optional<byte[]> toOthers) {}

    Fate read(InetSocketAddress exporter, byte[] message) {
        MemorySegment received = Arena.ofAuto().allocate(SOCKADDR_BYTES + message.length, Long.BYTES);
        try (Arena arena = Arena.ofConfined()) {
            received.copyFrom(SocketAddresses.encode(exporter, arena));
        }
        MemorySegment.copy(message, 0, received, ValueLayout.JAVA_BYTE, SOCKADDR_BYTES, message.length);
        Verdict verdict = shared.judge(received, SOCKADDR_BYTES, message.length, 0, System.nanoTime());
        return new Fate(
                verdict,
                switch (verdict) {
                    case NOT_NETFLOW, MALFORMED, DATA_ONLY -> Optional.empty();
                    case TEMPLATES_ONLY -> Optional.of(message);
                    case BOTH -> Optional.of(cut(message.length));
                });
    }

    private byte[] cut(int most) {
        byte[] room = new byte[most];
        return Arrays.copyOf(room, shared.write(MemorySegment.ofArray(room), 0));
    }
}
