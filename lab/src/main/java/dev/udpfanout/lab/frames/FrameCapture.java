package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Keeps the frames that an interface sends and receives, on a thread of its own. On ingress it sees them before TC
 * does, on egress after TC.
 */
public final class FrameCapture implements AutoCloseable {
    private static final Duration START_STOP_LIMIT = Duration.ofSeconds(10);
    private static final int MAX_FRAMES = 100_000;
    private static final int POLL_MS = 20;

    private final Predicate<CapturedFrame> filter;
    private final List<CapturedFrame> frames = new ArrayList<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean stopping;

    private FrameCapture(Predicate<CapturedFrame> filter) {
        this.filter = filter;
    }

    /** Captures all frames of an interface. */
    public static FrameCapture open(LabNamespace namespace, String interfaceName) {
        return open(namespace, interfaceName, frame -> true);
    }

    /**
     * Captures frames of an interface; it does when this returns.
     *
     * @param filter which frames to keep, at most 100,000
     * @throws java.util.concurrent.CompletionException if there is no such interface
     */
    public static FrameCapture open(LabNamespace namespace, String interfaceName, Predicate<CapturedFrame> filter) {
        FrameCapture capture = new FrameCapture(filter);
        namespace
                .thread("capture-" + interfaceName, () -> capture.run(interfaceName))
                .start();
        capture.started
                .orTimeout(START_STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return namespace.closedWithTopology(capture);
    }

    /** What was kept up to now, oldest first. */
    public List<CapturedFrame> frames() {
        synchronized (frames) {
            return List.copyOf(frames);
        }
    }

    /** Waits for a frame; one that came before the call counts too. Empty if the limit passes first. */
    public Optional<CapturedFrame> await(Predicate<CapturedFrame> wanted, Duration limit) {
        BoundedWait.until(() -> find(wanted).isPresent(), limit);
        return find(wanted);
    }

    /** Waits until so many frames have been kept; false if the limit passes first. */
    public boolean awaitCount(int atLeast, Duration limit) {
        return BoundedWait.until(() -> count() >= atLeast, limit);
    }

    /** Takes what the socket holds, then stops; all that was kept, oldest first. */
    public List<CapturedFrame> stop() {
        close();
        return frames();
    }

    @Override
    public void close() {
        stopping = true;
        finished.orTimeout(START_STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private void run(String interfaceName) {
        try (PacketSocket socket = PacketSocket.open(interfaceName, PacketSocket.ALL_PROTOCOLS)) {
            started.complete(null);
            boolean last;
            do {
                last = stopping;
                for (CapturedFrame frame = socket.receive(last ? 0 : POLL_MS);
                        frame != null;
                        frame = socket.receive(0)) {
                    keep(frame);
                }
            } while (!last);
            finished.complete(null);
        } catch (RuntimeException e) {
            started.completeExceptionally(e);
            finished.completeExceptionally(e);
        }
    }

    private void keep(CapturedFrame frame) {
        if (filter.test(frame)) {
            synchronized (frames) {
                if (frames.size() < MAX_FRAMES) {
                    frames.add(frame);
                }
            }
        }
    }

    private int count() {
        synchronized (frames) {
            return frames.size();
        }
    }

    private Optional<CapturedFrame> find(Predicate<CapturedFrame> wanted) {
        synchronized (frames) {
            return frames.stream().filter(wanted).findFirst();
        }
    }
}
