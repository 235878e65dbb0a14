package dev.udpfanout.loader.kubernetes.api;

import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Makes WebSockets whose messages have a bound: {@link MessageLimit}. */
final class LimitedWatches implements WebSocket.Builder {
    private final WebSocket.Builder builder;

    LimitedWatches(WebSocket.Builder builder) {
        this.builder = builder;
    }

    @Override
    public WebSocket.Builder header(String name, String value) {
        builder.header(name, value);
        return this;
    }

    @Override
    public WebSocket.Builder connectTimeout(Duration timeout) {
        builder.connectTimeout(timeout);
        return this;
    }

    @Override
    public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
        builder.subprotocols(mostPreferred, lesserPreferred);
        return this;
    }

    @Override
    public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
        return builder.buildAsync(uri, new MessageLimit(listener, uri));
    }
}
