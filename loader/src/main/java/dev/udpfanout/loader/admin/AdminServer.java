package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server for a few pages: GET and HEAD, one request a connection. One thread serves all clients and waits
 * for none, another makes the pages that take a while; what clients can use up is bounded by {@link ServerLimits}.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);
    private static final int MAX_WAITING_PAGES = 16;
    private static final int BACKLOG = 128;
    private static final long IDLE_MILLIS = 60_000;

    private final ServerSocketChannel listening;
    private final Selector selector;
    private final ServerLimits limits;
    private final RequestHandler handler;
    private final ClientConnections connections;
    private final PageRenderer renderer;
    /** Belongs to the server's thread: what the next one may take. */
    private long lastPageBytes;

    private final SupervisedThread thread = new SupervisedThread("admin", "admin", this::run, () -> isStopping());
    private volatile boolean stopping;

    private AdminServer(ServerSocketChannel listening, Selector selector, ServerLimits limits, RequestHandler handler) {
        this.listening = listening;
        this.selector = selector;
        this.limits = limits;
        this.handler = handler;
        this.renderer = new PageRenderer(MAX_WAITING_PAGES, this::handle, selector::wakeup);
        this.connections = new ClientConnections(limits, renderer::forget);
    }

    /**
     * Listens in the calling thread's network namespace and serves the pages.
     *
     * @param bind address and TCP port; port 0 for any that is free
     * @throws UncheckedIOException if it cannot, with the address in the message
     */
    public static AdminServer start(InetSocketAddress bind, AdminPages pages) {
        return start(bind, ServerLimits.DEFAULT, pages);
    }

    static AdminServer start(InetSocketAddress bind, ServerLimits limits, RequestHandler handler) {
        AdminServer server = open(bind, limits, handler);
        server.renderer.start();
        server.thread.start();
        LOG.atInfo().addKeyValue("bind", hostAndPort(server.address())).log("serving metrics");
        return server;
    }

    private static AdminServer open(InetSocketAddress bind, ServerLimits limits, RequestHandler handler) {
        try {
            Selector selector = Selector.open();
            ServerSocketChannel listening = ServerSocketChannel.open(family(bind));
            try {
                listening.bind(bind, BACKLOG);
                listening.configureBlocking(false);
                listening.register(selector, SelectionKey.OP_ACCEPT);
                return new AdminServer(listening, selector, limits, handler);
            } catch (IOException e) {
                listening.close();
                selector.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "metrics.bind: cannot listen on " + hostAndPort(bind) + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens: with the port that it got, if it was to take any. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) listening.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all connections and stops listening. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        if (!thread.join(STOP_TIMEOUT)) {
            LOG.warn("the admin server did not stop in time");
        }
        renderer.close();
    }

    private boolean isStopping() {
        return stopping;
    }

    private void run() {
        String lastFailure = "";
        while (!stopping) {
            try {
                turn();
            } catch (IOException | RuntimeException e) {
                // Too many open files, for example: others may close some.
                String failure = e.toString();
                if (!failure.equals(lastFailure)) {
                    LOG.atError()
                            .addKeyValue("error", failure)
                            .log("failed to serve an admin connection; serving continues");
                    LOG.debug("the stack trace", e);
                }
                lastFailure = failure;
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
            }
        }
        connections.closeAll();
        try {
            listening.close();
            selector.close();
        } catch (IOException | ClosedSelectorException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("failed to close the admin server");
        }
    }

    private void turn() throws IOException {
        OptionalLong deadline = connections.nextDeadlineNanos(System.nanoTime());
        long waitMillis = deadline.isEmpty()
                ? IDLE_MILLIS
                : Math.max(1, Duration.ofNanos(deadline.getAsLong()).toMillis() + 1);
        selector.select(this::onReady, waitMillis);
        deliver();
        connections.removeExpired(System.nanoTime());
    }

    private void onReady(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof ClientConnection connection) {
            connections.proceed(connection, System.nanoTime());
        } else {
            accept();
        }
    }

    private void accept() {
        try {
            // As many as the limit at most: those that have come already are served in between.
            for (int i = 0; i < limits.maxConnections(); i++) {
                SocketChannel channel = listening.accept();
                if (channel == null) {
                    return;
                }
                connections.makeRoom();
                channel.configureBlocking(false);
                SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                ClientConnection connection =
                        new ClientConnection(channel, key, limits, this::answer, System.nanoTime());
                key.attach(connection);
                connections.add(connection);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<HttpResponse> answer(ClientConnection connection, RequestHead request) {
        if (handler.isForThisHostOnly(request) && !connection.isFromThisHost()) {
            return Optional.of(HttpResponse.text(403, "only who is on this node may read " + request.path()));
        }
        if (handler.isQuick(request)) {
            return Optional.of(handle(request));
        }
        boolean isTaken = connections.makeRoomForPage(lastPageBytes) && renderer.request(connection, request);
        return isTaken
                ? Optional.empty()
                : Optional.of(HttpResponse.text(503, "too many requests for pages; try again later"));
    }

    /** Hands out the pages that have been made; who is gone by now gets none. */
    private void deliver() {
        for (PageRenderer.Rendered next = renderer.take(); next != null; next = renderer.take()) {
            lastPageBytes = next.page().size();
            if (connections.has(next.connection())) {
                connections.respond(next.connection(), next.page(), System.nanoTime());
            }
        }
    }

    private HttpResponse handle(RequestHead request) {
        try {
            return handler.handle(request);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("path", request.path())
                    .addKeyValue("error", e.toString())
                    .log("failed to render page");
            LOG.debug("the stack trace", e);
            return HttpResponse.text(500, "failed to render this page; the daemon's log says why");
        }
    }

    /** Without a family the JDK opens an IPv6 socket, and listens on :: where 0.0.0.0 was asked for. */
    private static ProtocolFamily family(InetSocketAddress bind) {
        return bind.getAddress() instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    private static String hostAndPort(InetSocketAddress address) {
        return SocketAddressText.write(address);
    }
}
