package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.supervision.SupervisedThread;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Makes the pages that take a while, one at a time, on a thread of its own: meanwhile the server's thread answers the
 * quick ones. Requests wait in a queue of bounded length.
 */
final class PageRenderer implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final BlockingQueue<Task> waiting;
    private final Queue<Rendered> rendered = new ConcurrentLinkedQueue<>();
    private final Function<RequestHead, HttpResponse> pages;
    private final Runnable onRendered;
    private final SupervisedThread thread = new SupervisedThread("pages", "admin-pages", this::run, () -> isStopping());
    private volatile boolean stopping;

    private record Task(ClientConnection connection, RequestHead request) {}

    /** A page, and who asked for it. */
    record Rendered(ClientConnection connection, HttpResponse page) {}

    /**
     * @param most requests that wait
     * @param pages makes a page; does not fail
     * @param onRendered called by the renderer's thread when there is one more to {@link #take}
     */
    PageRenderer(int most, Function<RequestHead, HttpResponse> pages, Runnable onRendered) {
        this.waiting = new ArrayBlockingQueue<>(most);
        this.pages = pages;
        this.onRendered = onRendered;
    }

    void start() {
        thread.start();
    }

    /** Has a page made; false if too many wait already. */
    boolean request(ClientConnection connection, RequestHead request) {
        return waiting.offer(new Task(connection, request));
    }

    /** Forgets a client that is gone, if its page is not being made yet. */
    void forget(ClientConnection connection) {
        waiting.removeIf(task -> task.connection() == connection);
    }

    /** A page that has been made; null if there is none. */
    Rendered take() {
        return rendered.poll();
    }

    private boolean isStopping() {
        return stopping;
    }

    private void run() {
        while (!stopping) {
            try {
                Task task = waiting.take();
                rendered.add(new Rendered(task.connection(), pages.apply(task.request())));
                onRendered.run();
            } catch (InterruptedException e) {
                // Told to stop.
                return;
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        thread.join(STOP_TIMEOUT);
    }
}
