package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.admin.ClientConnection.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients, oldest first, kept within the limits. For the server's thread alone. */
final class ClientConnections {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnections.class);

    private final ServerLimits limits;
    private final Set<ClientConnection> connections = new LinkedHashSet<>();

    ClientConnections(ServerLimits limits) {
        this.limits = limits;
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

    /** Lets one go on, and removes it when it is over. */
    void proceed(ClientConnection connection, long nowNanos) {
        try {
            if (!connection.proceed(nowNanos)) {
                remove(connection);
            }
        } catch (IOException e) {
            remove(connection);
        }
        limitQueuedBytes();
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

    private void limitQueuedBytes() {
        long queued =
                connections.stream().mapToLong(ClientConnection::queuedBytes).sum();
        for (ClientConnection connection : List.copyOf(connections)) {
            // The last one left may have a page that is larger than the limit all by itself.
            boolean isOnlyOne = queued == connection.queuedBytes();
            if (queued <= limits.maxQueuedBytes() || isOnlyOne) {
                return;
            }
            if (connection.phase() == Phase.WRITING) {
                queued -= connection.queuedBytes();
                remove(connection);
            }
        }
    }

    private void remove(ClientConnection connection) {
        connections.remove(connection);
        connection.close();
        LOG.atTrace().addKeyValue("phase", connection.phase()).log("admin connection closed");
    }
}
