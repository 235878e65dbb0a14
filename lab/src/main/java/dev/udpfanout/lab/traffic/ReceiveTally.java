package dev.udpfanout.lab.traffic;

import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what one receiver gets; written by the receiver's thread alone, read by any. */
final class ReceiveTally {
    private final long runId;
    private final int payloadsToKeep;
    private final SequenceRecord sequences;
    private final Map<InetSocketAddress, Long> sources = new HashMap<>();
    private final List<ReceivedDatagram> kept = new ArrayList<>();
    private long received;
    private long tooShort;
    private long foreign;
    private long corrupt;

    ReceiveTally(long runId, int payloadsToKeep, int sequenceLimit) {
        this.runId = runId;
        this.payloadsToKeep = payloadsToKeep;
        this.sequences = new SequenceRecord(sequenceLimit);
    }

    synchronized void add(InetSocketAddress source, byte[] payload, int size) {
        received++;
        sources.merge(source, 1L, Long::sum);
        switch (Payload.check(payload, size, runId)) {
            case INTACT -> sequences.add(Payload.sequence(payload));
            case TOO_SHORT -> tooShort++;
            case FOREIGN -> foreign++;
            case CORRUPT -> corrupt++;
        }
        if (kept.size() < payloadsToKeep) {
            kept.add(new ReceivedDatagram(source, Arrays.copyOf(payload, size)));
        }
    }

    synchronized long received() {
        return received;
    }

    synchronized List<ReceivedDatagram> kept() {
        return List.copyOf(kept);
    }

    synchronized ReceiverReport report(String receiver, long socketDrops, UdpCounters kernel) {
        return new ReceiverReport(
                receiver,
                received,
                Map.copyOf(sources),
                sequences.seen(),
                sequences.duplicates(),
                sequences.reordered(),
                sequences.beyondLimit(),
                tooShort,
                foreign,
                corrupt,
                socketDrops,
                kernel);
    }
}
