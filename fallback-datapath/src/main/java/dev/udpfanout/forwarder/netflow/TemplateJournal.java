package dev.udpfanout.forwarder.netflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of exporters in files, so that it outlives the process, also one that is killed: each message
 * that teaches something new is appended by one write(2). When that has become much, a new file is begun, everybody
 * writes what is still known, and the old file goes. Any thread.
 */
public final class TemplateJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateJournal.class);

    /** A file below this size is not worth being written anew. */
    private static final long MIN_REWRITE_BYTES = 1 << 20;

    private static final int GROWTH = 3;

    private final JournalFiles files;
    private final long lifetimeMs;
    private final long maxBytes;
    private final RestoredExporters restored;
    private JournalFiles.Writer writer;
    private boolean failed;
    private long rewriteAtBytes = MIN_REWRITE_BYTES;

    private TemplateJournal(JournalFiles files, TemplateMemory.Limits limits, RestoredExporters restored) {
        this.files = files;
        this.lifetimeMs = limits.lifetimeNs() / 1_000_000;
        this.maxBytes = GROWTH * limits.maxBytes() + MIN_REWRITE_BYTES;
        this.restored = restored;
    }

    /**
     * Reads what an earlier process has left, and goes on from there.
     *
     * @param file begins the files' names; its folder is made, if need be, for the owner alone
     * @throws IOException if files cannot be made or read there
     */
    public static TemplateJournal open(Path file, TemplateMemory.Limits limits) throws IOException {
        JournalFiles files = JournalFiles.in(file);
        long nowMs = System.currentTimeMillis();
        RestoredExporters restored = RestoredExporters.of(files.read(), limits.maxBytes());
        TemplateJournal journal = new TemplateJournal(files, limits, restored);
        restored.forgetBefore(nowMs - journal.lifetimeMs);
        try {
            journal.beginFile();
            journal.endEarlierFiles();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return journal;
    }

    /** As {@link #open}; without files, and with a warning, where they cannot be made. */
    public static Optional<TemplateJournal> openIfPossible(TemplateKeeping keeping) {
        if (keeping.file().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(keeping.file().get(), keeping.limits()));
        } catch (IOException e) {
            LOG.warn(
                    "NetFlow templates do not outlive the process, since {} cannot be used: {}",
                    keeping.file().get(),
                    e.toString());
            return Optional.empty();
        }
    }

    /**
     * Puts messages that another has kept behind what the files have, before they are opened: from then on they are
     * known.
     *
     * @throws IOException if files cannot be made there
     */
    public static void add(Path file, List<RememberedMessage> messages) throws IOException {
        try (JournalFiles.Writer writer = JournalFiles.in(file).begin()) {
            for (RememberedMessage each : messages) {
                writer.write(entry(each));
            }
        }
    }

    private static byte[] entry(RememberedMessage message) {
        ByteBuffer entry = ByteBuffer.allocate(message.bytes());
        entry.putInt(message.message().length).putLong(message.epochMs());
        entry.put(message.sockaddr()).put(message.message());
        return entry.array();
    }

    /** What an earlier process knew, and nobody has taken yet. */
    public RestoredExporters restored() {
        return restored;
    }

    /** Keeps a message. The log tells once that a file cannot be written; the next file is another try. */
    synchronized void append(RememberedMessage message) {
        if (failed || writer == null || writer.bytes() > maxBytes) {
            return;
        }
        try {
            writer.write(entry(message));
        } catch (IOException e) {
            failed = true;
            LOG.warn(
                    "failed to keep NetFlow templates in {}: {}; receivers that join after a restart will wait for the"
                            + " exporters' next refresh",
                    files,
                    e.getMessage());
        }
    }

    /** Whether it is time for {@link #beginFile}, then everybody's {@link #append}, then {@link #endEarlierFiles}. */
    public synchronized boolean isDue() {
        return failed || writer == null || writer.bytes() > rewriteAtBytes;
    }

    /**
     * From here on all goes into a new file, which has what was restored and not taken.
     *
     * @throws UncheckedIOException if there can be none; the earlier one goes on
     */
    public synchronized void beginFile() {
        restored.forgetBefore(System.currentTimeMillis() - lifetimeMs);
        try {
            JournalFiles.Writer next = files.begin();
            if (writer != null) {
                writer.close();
            }
            writer = next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        failed = false;
        restored.untaken().forEach(messages -> messages.forEach(this::append));
    }

    /** The new file has all that is known: the others go, unless it could not be written. */
    public synchronized void endEarlierFiles() {
        if (failed || writer == null) {
            return;
        }
        rewriteAtBytes = Math.max(MIN_REWRITE_BYTES, GROWTH * writer.bytes());
        try {
            files.removeEarlier(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (writer != null) {
            try {
                writer.close();
            } catch (IOException e) {
                LOG.warn("failed to close {}: {}", files, e.getMessage());
            }
            writer = null;
        }
    }
}
