package dev.udpfanout.loader.kubernetes.fake;

import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The watches that are open, so that a test can end them as an API server would. */
public final class FakeWatches {
    private static final String GONE = """
            {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "status": "Failure",
             "message": "too old resource version", "reason": "Expired", "code": 410}}""";

    private final Set<WebSocket> open = ConcurrentHashMap.newKeySet();
    private final Object closing = new Object();
    private volatile long lastSentNanos;

    /**
     * The dispatcher ends a closed watch's executor before it forgets the watch, and an event that comes between the
     * two is rejected (RejectedExecutionException out of the request that made the event), so the two take turns.
     */
    <T> T whileNoneCloses(Supplier<T> event) {
        synchronized (closing) {
            return event.get();
        }
    }

    /** Sees to it that the watch is known, if the response starts one. */
    MockResponse follow(MockResponse response) {
        WebSocketListener listener = response.getWebSocketListener();
        return listener == null ? response : response.withWebSocketUpgrade(new Followed(listener));
    }

    /** How many there are, of which each is told of events already. */
    public int count() {
        return open.size();
    }

    /** Ends all of them. */
    public void drop() {
        open.forEach(watch -> watch.close(1001, "going away"));
    }

    /** Tells all of them that their resource version is too old. */
    public void gone() {
        open.forEach(watch -> watch.send(GONE));
    }

    void forget() {
        open.clear();
    }

    /** {@link System#nanoTime()} just before the last event was sent. */
    public long lastSentNanos() {
        return lastSentNanos;
    }

    private final class Timed implements WebSocket {
        private final WebSocket watch;

        Timed(WebSocket watch) {
            this.watch = watch;
        }

        @Override
        public RecordedRequest request() {
            return watch.request();
        }

        @Override
        public boolean send(String text) {
            lastSentNanos = System.nanoTime();
            return watch.send(text);
        }

        @Override
        public boolean send(byte[] bytes) {
            lastSentNanos = System.nanoTime();
            return watch.send(bytes);
        }

        @Override
        public boolean close(int code, String reason) {
            return watch.close(code, reason);
        }
    }

    private final class Followed extends WebSocketListener {
        private final WebSocketListener listener;

        Followed(WebSocketListener listener) {
            this.listener = listener;
        }

        @Override
        public void onBeforeAccept(WebSocket watch, Response response) {
            listener.onBeforeAccept(watch, response);
        }

        @Override
        public void onOpen(WebSocket watch, Response response) {
            listener.onOpen(new Timed(watch), response);
            open.add(watch);
        }

        @Override
        public void onMessage(WebSocket watch, String text) {
            listener.onMessage(watch, text);
        }

        @Override
        public void onClosing(WebSocket watch, int code, String reason) {
            open.remove(watch);
            listener.onClosing(watch, code, reason);
        }

        @Override
        public void onClosed(WebSocket watch, int code, String reason) {
            open.remove(watch);
            synchronized (closing) {
                listener.onClosed(watch, code, reason);
            }
        }

        @Override
        public void onFailure(WebSocket watch, Throwable error, Response response) {
            open.remove(watch);
            synchronized (closing) {
                listener.onFailure(watch, error, response);
            }
        }
    }
}
