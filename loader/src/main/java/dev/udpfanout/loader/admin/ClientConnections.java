package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.admin.ClientConnection.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients, oldest first, kept within the limits. For the server's thread alone. */
final class ClientConnections {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnections.class);

    private final ServerLimits limits;
    private final Set<ClientConnection> connections = new LinkedHashSet<>();

    private final Consumer<ClientConnection> onRemoved;

    /** @param onRemoved told of each client that is gone */
    ClientConnections(ServerLimits limits, Consumer<ClientConnection> onRemoved) {
        this.limits = limits;
        this.onRemoved = onRemoved;
    }

    /** Makes room for one more, if there is none. */
    void makeRoom() {
        while (connections.size() >= limits.maxConnections()) {
            // A client that means well sends its request at once: it is hardly ever found reading.
            connections.stream()
                    .min(Comparator.comparing(ClientConnection::phase))
                    .ifPresent(this::remove);
        }
    }

    void add(ClientConnection connection) {
        connections.add(connection);
    }

    /** Whether a client is still there. */
    boolean has(ClientConnection connection) {
        return connections.contains(connection);
    }

    /** Has a client get its page, and removes it when it is over. */
    void respond(ClientConnection connection, HttpResponse page, long nowNanos) {
        try {
            if (!connection.respond(page, nowNanos)) {
                remove(connection);
            }
        } catch (IOException e) {
            remove(connection);
        }
        limitQueuedBytes(0);
    }

    /**
     * Makes room for a page before it is made: whoever dawdles longest over one loses it.
     *
     * @return whether there is room now
     */
    boolean makeRoomForPage(long bytes) {
        return limitQueuedBytes(bytes);
    }

    /** Lets one go on, and removes it when it is over. */
    void proceed(ClientConnection connection, long nowNanos) {
        try {
            if (!connection.proceed(nowNanos)) {
                remove(connection);
            }
        } catch (IOException e) {
            remove(connection);
        }
        limitQueuedBytes(0);
    }

    void removeExpired(long nowNanos) {
        List.copyOf(connections).stream()
                .filter(connection -> connection.deadlineNanos() - nowNanos <= 0)
                .forEach(this::remove);
    }

    OptionalLong nextDeadlineNanos(long nowNanos) {
        return connections.stream()
                .mapToLong(connection -> connection.deadlineNanos() - nowNanos)
                .min();
    }

    void closeAll() {
        new ArrayList<>(connections).forEach(this::remove);
    }

    private boolean limitQueuedBytes(long more) {
        long queued = more
                + connections.stream().mapToLong(ClientConnection::queuedBytes).sum();
        for (ClientConnection connection : List.copyOf(connections)) {
            // The last one left may have a page that is larger than the limit all by itself.
            boolean isOnlyOne = queued == connection.queuedBytes();
            if (queued <= limits.maxQueuedBytes() || isOnlyOne) {
                return true;
            }
            if (connection.phase() == Phase.WRITING) {
                queued -= connection.queuedBytes();
                remove(connection);
            }
        }
        return queued <= limits.maxQueuedBytes() || queued == more;
    }

    private void remove(ClientConnection connection) {
        connections.remove(connection);
        connection.close();
        onRemoved.accept(connection);
        LOG.atTrace().addKeyValue("phase", connection.phase()).log("admin connection closed");
    }
}
