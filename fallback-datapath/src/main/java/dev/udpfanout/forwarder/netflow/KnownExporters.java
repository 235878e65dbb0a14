package dev.udpfanout.forwarder.netflow;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a listener's exporters where the kernel moves their datagrams, and hands over what is for all. It is
 * kept in the same files as the forwarder's, so that either goes on with what the other knew. Any thread.
 */
public final class KnownExporters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KnownExporters.class);

    private final Optional<TemplateJournal> journal;
    private final TemplateMemory memory;

    private KnownExporters(TemplateKeeping keeping) {
        this.journal = TemplateJournal.openIfPossible(keeping);
        this.memory = new TemplateMemory(keeping.limits(), journal);
        memory.restoreAll();
        journal.ifPresent(memory::keepIn);
    }

    /**
     * An options template.
     *
     * @param sockaddr its exporter's struct sockaddr_in or sockaddr_in6, in the room of the latter
     * @param domain the observation domain, in v9 the source id
     * @param version 9, or 10 for IPFIX
     * @param id of the sets of options data
     * @param dataBytes of each record; 0 where they differ
     */
    public record OptionsTemplate(byte[] sockaddr, int domain, int version, int id, int dataBytes) {}

    /** Goes on with what the files have; without files, and with a warning, where there can be none. */
    public static KnownExporters open(TemplateKeeping keeping) {
        return new KnownExporters(keeping);
    }

    /**
     * Learns of a message; of several, in the order in which they came.
     *
     * @return whether it says anything that was not known
     */
    public synchronized boolean learn(RememberedMessage message) {
        memory.replay(message);
        boolean isNew = memory.takeNews();
        if (isNew) {
            journal.ifPresent(present -> present.append(message));
        }
        return isNew;
    }

    /**
     * Of whom something is known.
     *
     * @param sinceEpochMs only those who have sent a template since then, in milliseconds since 1970
     */
    public synchronized List<ExporterKey> keys(long sinceEpochMs) {
        long nowNs = System.nanoTime();
        long youngestNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - sinceEpochMs);
        memory.forgetOld(nowNs);
        return memory.exporters().stream()
                .filter(exporter -> nowNs - exporter.refreshedNs() <= youngestNs)
                .map(Exporter::key)
                .toList();
    }

    /** Messages with all that is known of an exporter now; none if it is forgotten. */
    public synchronized List<RememberedMessage> of(ExporterKey exporter, int maxBytes) {
        return memory.of(exporter, maxBytes);
    }

    /** All options templates. */
    public synchronized List<OptionsTemplate> optionsTemplates() {
        List<OptionsTemplate> all = new ArrayList<>();
        for (Exporter exporter : memory.exporters()) {
            exporter.templates().stream()
                    .filter(Template::options)
                    .map(template -> new OptionsTemplate(
                            exporter.sockaddr(),
                            exporter.key().domain(),
                            exporter.version(),
                            template.id(),
                            template.dataBytes()))
                    .forEach(all::add);
        }
        return all;
    }

    /** How the exporters are shown. */
    public synchronized List<ExporterState> states() {
        return memory.states();
    }

    /** Templates that are remembered. */
    public synchronized int templates() {
        return memory.size();
    }

    /** Templates that have gone for want of room, since this was opened. */
    public synchronized long evictions() {
        return memory.evictions();
    }

    /** Begins a new file, with what is still known, if the one in use has become long. */
    public synchronized void tidy() {
        if (journal.isEmpty() || !journal.get().isDue()) {
            return;
        }
        try {
            journal.get().beginFile();
            memory.keepIn(journal.get());
            journal.get().endEarlierFiles();
        } catch (UncheckedIOException e) {
            LOG.debug("no new file of NetFlow templates: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        journal.ifPresent(TemplateJournal::close);
    }
}
