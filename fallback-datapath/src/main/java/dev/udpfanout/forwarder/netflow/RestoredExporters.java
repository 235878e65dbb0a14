package dev.udpfanout.forwarder.netflow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an earlier process knew of exporters. Each is taken by the worker that its next datagram comes to: which one
 * that is only the kernel knows. Any thread.
 */
public final class RestoredExporters {
    private final Map<ExporterKey, List<RememberedMessage>> exporters;

    private RestoredExporters(Map<ExporterKey, List<RememberedMessage>> exporters) {
        this.exporters = new ConcurrentHashMap<>(exporters);
    }

    /** Of nobody. */
    static RestoredExporters none() {
        return new RestoredExporters(Map.of());
    }

    /**
     * Sorts messages by exporter; leaves out what is no message of templates.
     *
     * @param messages the oldest first
     * @param maxBytes of them all: the exporters that were heard of longest ago go first
     */
    static RestoredExporters of(Iterable<RememberedMessage> messages, long maxBytes) {
        LinkedHashMap<ExporterKey, List<RememberedMessage>> exporters = new LinkedHashMap<>(16, 0.75f, true);
        long bytes = 0;
        for (RememberedMessage each : messages) {
            Replay replay = new Replay(each);
            if (replay.isWellFormed()) {
                exporters
                        .computeIfAbsent(replay.exporter(), key -> new ArrayList<>())
                        .add(each);
                bytes += each.bytes();
            }
            while (bytes > maxBytes && exporters.size() > 1) {
                List<RememberedMessage> gone =
                        exporters.remove(exporters.firstEntry().getKey());
                bytes -= gone.stream().mapToLong(RememberedMessage::bytes).sum();
            }
        }
        return new RestoredExporters(exporters);
    }

    /** Whether all were taken, or there were none. */
    boolean isEmpty() {
        return exporters.isEmpty();
    }

    /** How many nobody has taken. */
    public int size() {
        return exporters.size();
    }

    /** What is known of an exporter, for the one caller who gets it; empty if there is nothing. */
    List<RememberedMessage> take(ExporterKey exporter) {
        List<RememberedMessage> taken = exporters.remove(exporter);
        return taken == null ? List.of() : taken;
    }

    /** What is known of all whom nobody has taken, the oldest first, for the one caller who gets it. */
    List<RememberedMessage> takeAll() {
        List<RememberedMessage> all = new ArrayList<>();
        List.copyOf(exporters.keySet()).forEach(exporter -> all.addAll(take(exporter)));
        all.sort(Comparator.comparingLong(RememberedMessage::epochMs));
        return all;
    }

    /** Whom nobody has taken. */
    Collection<ExporterKey> keys() {
        return exporters.keySet();
    }

    /** What is known of an exporter, if nobody has taken it. */
    List<RememberedMessage> untaken(ExporterKey exporter) {
        return exporters.getOrDefault(exporter, List.of());
    }

    /** What nobody has taken, exporter by exporter. */
    public Collection<List<RememberedMessage>> untaken() {
        return exporters.values();
    }

    /** Forgets the exporters whose last message is older. */
    void forgetBefore(long epochMs) {
        exporters.values().removeIf(messages -> messages.getLast().epochMs() < epochMs);
    }

    /** A remembered message where a datagram would be. */
    static final class Replay {
        private final MemorySegment memory;
        private final NetflowMessage message = new NetflowMessage();
        private final boolean wellFormed;

        Replay(RememberedMessage remembered) {
            byte[] content = remembered.message();
            memory = Arena.ofAuto().allocate(RememberedMessage.SOCKADDR_BYTES + content.length);
            MemorySegment.copy(
                    remembered.sockaddr(), 0, memory, ValueLayout.JAVA_BYTE, 0, remembered.sockaddr().length);
            MemorySegment.copy(
                    content, 0, memory, ValueLayout.JAVA_BYTE, RememberedMessage.SOCKADDR_BYTES, content.length);
            wellFormed = message.read(memory, RememberedMessage.SOCKADDR_BYTES, content.length)
                    == NetflowMessage.Form.WELL_FORMED;
        }

        boolean isWellFormed() {
            return wellFormed;
        }

        NetflowMessage message() {
            return message;
        }

        ExporterKey exporter() {
            return new ExporterKey().set(memory, 0, message);
        }
    }
}
