package dev.udpfanout.loader.datapath.netflow;

import dev.udpfanout.forwarder.netflow.ExporterKey;
import dev.udpfanout.forwarder.netflow.Introduction;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Tells some receivers what is known of exporters, within the bounds that user space has too. One thread's at a time.
 */
public final class ExporterIntroduction {
    /** The datagrams of a batch. */
    public static final int BATCH_DATAGRAMS = Introduction.BATCH_DATAGRAMS;

    /** Between two batches. */
    public static final Duration BATCH_PAUSE = Introduction.BATCH_PAUSE;

    private final ExporterMemory known;
    private final int exporters;
    private final Introduction<ExporterKey, ExporterMessage, InetSocketAddress> introduction;

    ExporterIntroduction(ExporterMemory known, List<ExporterKey> exporters, List<InetSocketAddress> receivers) {
        this.known = known;
        this.exporters = exporters.size();
        this.introduction = new Introduction<>(exporters, receivers);
    }

    /** How many exporters it is of. */
    public int exporters() {
        return exporters;
    }

    /**
     * Goes on until all is told, so many datagrams are sent, or traffic has waited for as long as it may.
     *
     * @param by sends a message to a receiver
     * @return whether all is told
     */
    public boolean tell(BiConsumer<ExporterMessage, InetSocketAddress> by, int mostDatagrams) {
        return introduction.tell(
                known::of, by::accept, mostDatagrams, System.nanoTime() + Introduction.LONGEST_WAIT.toNanos());
    }
}
