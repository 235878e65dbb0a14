package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.icmp.UnreachableTap;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors about datagrams that have left with their client's address: they go to the client, and past the sockets of the
 * forwarder. For the control thread.
 */
final class ClientErrors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientErrors.class);

    private final Optional<UnreachableTap> tap;

    private ClientErrors(Optional<UnreachableTap> tap) {
        this.tap = tap;
    }

    /** Begins to look; without CAP_NET_RAW it sees nothing, and says so. */
    static ClientErrors open(int listenerId) {
        try {
            return new ClientErrors(Optional.of(UnreachableTap.open()));
        } catch (SystemCallException e) {
            LOG.atWarn()
                    .addKeyValue("listener_id", listenerId)
                    .addKeyValue("error", e.getMessage())
                    .log("sees no port unreachable of receivers; probes find out whether a port is closed");
            return new ClientErrors(Optional.empty());
        }
    }

    /** Of the endpoints, those about which such an error has come since the last call. */
    Set<InetSocketAddress> take(Optional<EndpointSet> endpoints) {
        Set<InetSocketAddress> found = tap.map(UnreachableTap::take).orElse(Set.of());
        if (!found.isEmpty()) {
            Set<InetSocketAddress> own = new HashSet<>();
            endpoints.ifPresent(set -> set.endpoints().forEach(each -> own.add(each.address())));
            found.retainAll(own);
        }
        return found;
    }

    @Override
    public void close() {
        tap.ifPresent(UnreachableTap::close);
    }
}
