package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.map.KeyedMap;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** Takes what is new out of the table of TEMPLATES, and keeps room in it. One thread at a time. */
final class TableMessages {
    /** A CPU may write what it has seen a moment after another has. */
    private static final long LATE_NANOS = Duration.ofMillis(100).toNanos();

    private final TemplateTable table;
    private final Duration lifetime;
    private final Map<Integer, Long> takenUntil = new HashMap<>();
    private List<InetAddress> senders = List.of();

    /** @param lifetime after which a message that was not sent again goes */
    TableMessages(TemplateTable table, Duration lifetime) {
        this.table = table;
        this.lifetime = lifetime;
    }

    private record Seen(MemorySegment key, long nanos) {}

    /** Whose messages are there, each as often as there is one; as of the last {@link #take}. */
    List<InetAddress> senders() {
        return senders;
    }

    /** By slot, what has come since the last call, and a little of what came before, in the order in which it came. */
    Map<Integer, List<KeptTemplates>> take() {
        Map<Integer, List<KeptTemplates>> news = new HashMap<>();
        List<Seen> all = new ArrayList<>();
        senders = List.of();
        table.entries().ifPresent(entries -> {
            entries.scan((key, value) -> {
                int slot = KeptTemplates.slot(key);
                long seen = KeptTemplates.seenNanos(value);
                if (!takenUntil.containsKey(slot) || seen - takenUntil.get(slot) > -LATE_NANOS) {
                    news.computeIfAbsent(slot, none -> new ArrayList<>()).add(KeptTemplates.read(key, value));
                }
                all.add(new Seen(KeptTemplates.KEY_CODEC.reader().apply(key), seen));
            });
            keepRoom(entries, all);
        });
        news.forEach((slot, messages) -> {
            messages.sort(Comparator.comparingLong(KeptTemplates::seenNanos));
            takenUntil.put(slot, messages.getLast().seenNanos());
        });
        return news;
    }

    /** What the daemon knows need not stay here; only what comes while there is no daemon must have room. */
    private void keepRoom(KeyedMap<MemorySegment, MemorySegment> entries, List<Seen> all) {
        all.sort(Comparator.comparingLong(Seen::nanos));
        int capacity = entries.capacity();
        int tooMany = all.size() * 4L > capacity * 3L ? all.size() - capacity / 2 : 0;
        long oldest = System.nanoTime() - lifetime.toNanos();
        int gone = 0;
        while (gone < all.size() && (gone < tooMany || all.get(gone).nanos() - oldest < 0)) {
            entries.remove(all.get(gone++).key());
        }
        senders = all.subList(gone, all.size()).stream()
                .map(seen -> KeptTemplates.exporter(seen.key()).getAddress())
                .toList();
    }

    /** Takes out what slots had that are another's from now on. */
    void clear(IntPredicate slots) {
        takenUntil.keySet().removeIf(slots::test);
        table.entries()
                .ifPresent(entries -> entries.scan((key, value) -> {
                    if (slots.test(KeptTemplates.slot(key))) {
                        entries.remove(KeptTemplates.KEY_CODEC.reader().apply(key));
                    }
                }));
    }
}
