package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.abi.netflow.NetflowStats;
import dev.udpfanout.loader.datapath.NetflowCounters;
import dev.udpfanout.loader.datapath.netflow.ExporterMemory;
import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What is known of one listener's exporters, and who its receivers are. Any thread. */
final class ListenerExporters implements AutoCloseable {
    private final int slot;
    private final ExporterMemory known;
    private final Map<Telling.Why, LongAdder> told = new ConcurrentHashMap<>();
    private volatile List<InetSocketAddress> receivers = List.of();

    private ListenerExporters(int slot, ExporterMemory known) {
        this.slot = slot;
        this.known = known;
        for (Telling.Why why : Telling.Why.values()) {
            told.put(why, new LongAdder());
        }
    }

    /** @param left what earlier programs have handed over, the oldest first */
    static ListenerExporters open(int slot, ExporterMemory known, List<ExporterMessage> left) {
        ListenerExporters opened = new ListenerExporters(slot, known);
        left.forEach(opened.known::learn);
        return opened;
    }

    int slot() {
        return slot;
    }

    ExporterMemory known() {
        return known;
    }

    List<InetSocketAddress> receivers() {
        return receivers;
    }

    void setReceivers(List<InetSocketAddress> now) {
        receivers = List.copyOf(now);
    }

    /**
     * Learns of messages, which are in the order in which they came.
     *
     * @return whose say anything new
     */
    Set<InetSocketAddress> learn(List<KeptTemplates> messages) {
        Set<InetSocketAddress> changed = new HashSet<>();
        for (KeptTemplates each : messages) {
            if (known.learn(LeftTemplates.message(each))) {
                changed.add(each.exporter());
            }
        }
        return changed;
    }

    /** A message was sent to a receiver. */
    void onTold(Telling.Why why) {
        told.get(why).increment();
    }

    NetflowCounters counters(NetflowStats stats) {
        Map<String, Long> messages = new HashMap<>();
        told.forEach((why, count) -> messages.put(why.name().toLowerCase(Locale.ROOT), count.sum()));
        messages.put("copied", stats.copied());
        messages.put("cut", stats.cut());
        return new NetflowCounters(
                known.templates(), known.evictions() + stats.notKept(), stats.malformed(), messages, known.exporters());
    }

    @Override
    public void close() {
        known.close();
    }
}
