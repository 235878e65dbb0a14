package dev.udpfanout.loader.kubernetes.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * Bounds each message of a watch over WebSocket: the library puts a message together in memory, however long it is. One
 * that goes on and on ends the watch with an error, as if the connection had been lost.
 */
final class MessageLimit implements WebSocket.Listener {
    private final WebSocket.Listener listener;
    private final URI uri;
    private long bytes;
    private boolean isOver;

    /** @param uri what is watched, for the error */
    MessageLimit(WebSocket.Listener listener, URI uri) {
        this.listener = listener;
        this.uri = uri;
    }

    @Override
    public void onOpen(WebSocket watch) {
        listener.onOpen(watch);
    }

    @Override
    public CompletionStage<?> onText(WebSocket watch, CharSequence data, boolean last) {
        // At least so many bytes; as many in ASCII, which is what the API server sends but for names and texts.
        return admits(watch, data.length(), last) ? listener.onText(watch, data, last) : null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket watch, ByteBuffer data, boolean last) {
        return admits(watch, data.remaining(), last) ? listener.onBinary(watch, data, last) : null;
    }

    private boolean admits(WebSocket watch, int more, boolean last) {
        if (isOver) {
            return false;
        }
        bytes += more;
        if (bytes > AnswerLimit.MAX_BYTES) {
            isOver = true;
            watch.abort();
            listener.onError(
                    watch,
                    new IOException("a message of the watch of " + uri.getPath() + " is longer than "
                            + AnswerLimit.MAX_BYTES + " bytes"));
            return false;
        }
        if (last) {
            bytes = 0;
        }
        return true;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket watch, ByteBuffer message) {
        return listener.onPing(watch, message);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket watch, ByteBuffer message) {
        return listener.onPong(watch, message);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket watch, int statusCode, String reason) {
        return listener.onClose(watch, statusCode, reason);
    }

    @Override
    public void onError(WebSocket watch, Throwable error) {
        if (!isOver) {
            listener.onError(watch, error);
        }
    }
}
