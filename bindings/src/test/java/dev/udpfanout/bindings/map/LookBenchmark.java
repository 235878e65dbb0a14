package dev.udpfanout.bindings.map;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures what a look at LISTENERS costs if nothing has changed: decoding each entry, as before, and comparing bytes,
 * by turns. CPU time of the thread, medians. Run by its name, never by the build:
 *
 * <pre>sh build/maven verify -pl bindings -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=LookBenchmark</pre>
 */
@Tag("kernel")
class LookBenchmark {
    private static final int WARM_UP = 300;
    private static final int LOOKS = 301;
    private static final int INTERFACES = 2;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 4_096})
    void look(int listeners) {
        try (BpfMap map = BpfMap.create(
                MapType.HASH,
                "uf_look",
                ListenerKey.CODEC.bytes(),
                ListenerEntry.CODEC.bytes(),
                Limits.MAX_LISTENER_KEYS)) {
            KeyedMap<ListenerKey, ListenerEntry> keyed = new KeyedMap<>(map, ListenerKey.CODEC, ListenerEntry.CODEC);
            ReconciledMap<ListenerKey, ListenerEntry> reconciled = new ReconciledMap<>(keyed);
            reconciled.set(entries(listeners));
            long[] decoded = new long[LOOKS];
            long[] compared = new long[LOOKS];
            for (int look = -WARM_UP; look < LOOKS; look++) {
                long before = threads.getCurrentThreadCpuTime();
                assertTrue(keyed.entries().equals(reconciled.inForce()));
                long between = threads.getCurrentThreadCpuTime();
                assertTrue(reconciled.isIntact());
                if (look >= 0) {
                    decoded[look] = between - before;
                    compared[look] = threads.getCurrentThreadCpuTime() - between;
                }
            }
            System.out.printf(
                    "%,d listeners: decoded %,d µs, bytes compared %,d µs, ratio %.3f%n",
                    listeners,
                    median(decoded) / 1_000,
                    median(compared) / 1_000,
                    (double) median(compared) / median(decoded));
        }
    }

    private static Map<ListenerKey, ListenerEntry> entries(int listeners) {
        Map<ListenerKey, ListenerEntry> entries = new HashMap<>();
        for (int slot = 0; slot < listeners; slot++) {
            InetAddress address = InetAddress.ofLiteral("192.0.%d.%d".formatted(slot / 256, slot % 256));
            for (int ifindex = 1; ifindex <= INTERFACES; ifindex++) {
                entries.put(
                        new ListenerKey(ifindex, address, 5514),
                        new ListenerEntry(slot, Set.of(ListenerFlag.WAYS_BY_ENDPOINT), 1500));
            }
        }
        return entries;
    }

    private static long median(long[] figures) {
        long[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
