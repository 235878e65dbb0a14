package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.NetflowCounters;
import dev.udpfanout.forwarder.counter.NetflowCounters.Telling;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import java.util.EnumMap;
import java.util.Map;

/** What one worker counts of NetFlow and IPFIX. Only the worker raises the counts; any thread reads them. */
public final class NetflowStats {
    private final Counter malformed = new Counter();
    private final Map<Telling, Counter> told = new EnumMap<>(Telling.class);
    private volatile int exporters;
    private volatile int templates;
    private volatile long evictions;

    NetflowStats() {
        for (Telling why : Telling.values()) {
            told.put(why, new Counter());
        }
    }

    /** A message whose lengths lie. */
    public void onMalformed() {
        malformed.add(1);
    }

    /** Messages of templates to endpoints. */
    public void onTold(Telling why, int messages) {
        told.get(why).add(messages);
    }

    /** What is remembered now; writes only what has changed. */
    public void set(TemplateMemory memory) {
        if (exporters != memory.exporters().size()) {
            exporters = memory.exporters().size();
        }
        if (templates != memory.size()) {
            templates = memory.size();
        }
        if (evictions != memory.evictions()) {
            evictions = memory.evictions();
        }
    }

    /** Any thread. */
    public NetflowCounters snapshot() {
        Map<Telling, Long> messages = new EnumMap<>(Telling.class);
        told.forEach((why, count) -> messages.put(why, count.value()));
        return new NetflowCounters(exporters, templates, evictions, malformed.value(), messages);
    }
}
