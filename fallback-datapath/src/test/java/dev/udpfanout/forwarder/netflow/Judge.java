package dev.udpfanout.forwarder.netflow;

import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Asks about messages of exporters on IPv4, as a worker does: the sender before the payload. */
final class Judge {
    private static final int SOCKADDR_BYTES = 28;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    final TemplateMemory memory;
    private final SharedSets shared;
    private long nowNs = System.nanoTime();

    Judge(Limits limits) {
        memory = new TemplateMemory(limits);
        shared = new SharedSets(memory, Optional.empty());
    }

    /** Keeps what is new in a journal, and goes by what that has. */
    Judge(Limits limits, TemplateJournal journal) {
        memory = new TemplateMemory(limits, Optional.of(journal));
        shared = new SharedSets(memory, Optional.of(journal));
    }

    Judge() {
        this(new Limits(1000, 1 << 20, Long.MAX_VALUE));
    }

    void pass(long ns) {
        nowNs += ns;
    }

    Verdict judge(byte[] message) {
        return judge(message, 2055);
    }

    Verdict judge(byte[] message, int port) {
        MemorySegment received = MemorySegment.ofArray(new byte[SOCKADDR_BYTES + message.length]);
        received.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) SocketAddresses.AF_INET);
        received.set(PORT, 2, (short) port);
        MemorySegment.copy(message, 0, received, ValueLayout.JAVA_BYTE, SOCKADDR_BYTES, message.length);
        return shared.judge(received, SOCKADDR_BYTES, message.length, 0, nowNs);
    }

    /** What all need of the message that was judged last. */
    byte[] cut() {
        byte[] cut = new byte[65_535];
        return Arrays.copyOf(cut, shared.write(MemorySegment.ofArray(cut), 0));
    }

    List<byte[]> retell(int maxBytes) {
        List<byte[]> messages = new ArrayList<>();
        memory.exporters().forEach(exporter -> messages.addAll(Retelling.of(exporter, maxBytes)));
        return messages;
    }
}
