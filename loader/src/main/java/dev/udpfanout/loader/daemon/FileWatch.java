package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the configuration file. A ConfigMap is changed by exchanging a symbolic link beside the file, so the folder
 * is watched, and what counts is the content, whether it is valid or not; now and then it is read without an event, for
 * file systems that send none.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Path file;
    private final WatchService folder;
    private final SupervisedThread thread;
    private volatile boolean stopping;
    private FileContent last;
    /** Belongs to the watching thread. */
    private String lastFailure = "";

    private FileWatch(Path file, WatchService folder, FileContent last, Consumer<FileContent> onChange) {
        this.file = file;
        this.folder = folder;
        this.last = last;
        this.thread = new SupervisedThread("config-watch", "config-watch", () -> watch(onChange), () -> stopping);
    }

    /**
     * Starts to watch.
     *
     * @param last the content that is in force
     * @param onChange told of each new content, on the watching thread
     */
    static FileWatch start(Path file, FileContent last, Consumer<FileContent> onChange) throws IOException {
        WatchService folder = file.getFileSystem().newWatchService();
        file.toAbsolutePath()
                .getParent()
                .register(
                        folder,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
        FileWatch watch = new FileWatch(file, folder, last, onChange);
        watch.thread.start();
        return watch;
    }

    private void watch(Consumer<FileContent> onChange) {
        while (!stopping) {
            try {
                WatchKey key = folder.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
                FileContent now = FileContent.read(file);
                lastFailure = "";
                if (!now.equals(last)) {
                    last = now;
                    onChange.accept(now);
                }
            } catch (IOException e) {
                unreadable(e);
            } catch (java.nio.file.ClosedWatchServiceException e) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What is in force stays, and the next look decides. In the middle of an exchange, or removed, is no news. */
    private void unreadable(IOException e) {
        String failure = e.toString();
        if (e instanceof NoSuchFileException) {
            LOG.debug("cannot read {}: {}", file, failure);
        } else if (!failure.equals(lastFailure)) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", failure)
                    .log(
                            "failed to read the configuration file, will retry; the previous configuration stays in force");
        }
        lastFailure = failure;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            folder.close();
        } catch (IOException e) {
            LOG.debug("closing the watch of {}", file, e);
        }
        thread.join(STOP_TIMEOUT);
    }
}
