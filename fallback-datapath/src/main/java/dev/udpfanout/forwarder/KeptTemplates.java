package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.netflow.ExporterState;
import dev.udpfanout.forwarder.netflow.TemplateJournal;
import dev.udpfanout.forwarder.worker.Worker;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a forwarder's workers know of exporters of NetFlow v9 and IPFIX, taken together. */
final class KeptTemplates {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private KeptTemplates() {}

    static Optional<TemplateJournal> open(ForwarderConfig config) {
        return config.netflow().flatMap(TemplateJournal::openIfPossible);
    }

    /** All workers' exporters; without those of a worker that does not answer in time. */
    static List<ExporterState> exporters(List<Worker<?>> workers) {
        List<ExporterState> all = new ArrayList<>();
        for (Worker<?> worker : workers) {
            answer(worker, worker.exporters()).ifPresent(all::addAll);
        }
        return all;
    }

    /** Begins a new file if the one in use has become long; the earlier one goes if all have written theirs. */
    static void tidy(TemplateJournal journal, List<Worker<?>> workers) {
        if (!journal.isDue()) {
            return;
        }
        try {
            journal.beginFile();
            boolean complete = true;
            for (Worker<?> worker : workers) {
                complete &= answer(worker, worker.keepTemplates().thenApply(nothing -> true))
                        .orElse(false);
            }
            if (complete) {
                journal.endEarlierFiles();
            }
        } catch (UncheckedIOException e) {
            LOG.debug("no new file of NetFlow templates: {}", e.getMessage());
        }
    }

    private static <T> Optional<T> answer(Worker<?> worker, CompletableFuture<T> future) {
        try {
            return Optional.of(future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("worker {} does not tell of its exporters: {}", worker, e.toString());
        }
        return Optional.empty();
    }
}
