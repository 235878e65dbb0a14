package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.NetflowCounters;
import dev.udpfanout.forwarder.netflow.TemplateMemory;

/** What one worker counts of NetFlow and IPFIX. Only the worker raises the counts; any thread reads them. */
public final class NetflowStats {
    private final Counter malformed = new Counter();
    private final Counter copied = new Counter();
    private final Counter cut = new Counter();
    private final Counter retold = new Counter();
    private volatile int exporters;
    private volatile int templates;
    private volatile long evictions;

    NetflowStats() {}

    /** A message whose lengths lie. */
    public void onMalformed() {
        malformed.add(1);
    }

    /** Copies of a message of templates alone. */
    public void onCopied(int messages) {
        copied.add(messages);
    }

    /** Messages of the templates out of one with records. */
    public void onCut(int messages) {
        cut.add(messages);
    }

    /** Messages to an endpoint that has joined, or has come back. */
    public void onRetold(int messages) {
        retold.add(messages);
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
        return new NetflowCounters(
                exporters, templates, evictions, malformed.value(), copied.value(), cut.value(), retold.value());
    }
}
