package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportChoice;
import dev.udpfanout.forwarder.transport.TransportProbe;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Payload;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a listener's forwarder on a transport, and with a source address, that are permitted here. */
final class ForwarderStart {
    private static final Logger LOG = LoggerFactory.getLogger(ForwarderStart.class);

    private final ListenerConfig listener;
    private final FlowsConfig flows;
    private final NetflowMemory netflow;
    private final WatchedDrops drops;
    private final TransportProbe probe;

    /** @param probe made just now: what it could not tell, another one may */
    ForwarderStart(
            ListenerConfig listener,
            FlowsConfig flows,
            NetflowMemory netflow,
            WatchedDrops drops,
            TransportProbe probe) {
        this.drops = drops;
        this.listener = listener;
        this.flows = flows;
        this.netflow = netflow;
        this.probe = probe;
    }

    /**
     * Whether the socket can be bound before its address is there.
     *
     * @throws ForwarderException if the transport asked for is not supported
     */
    boolean bindsEarly() {
        IoChoice asked = IoChoice.valueOf(listener.userspace().io().name());
        return TransportChoice.of(asked, probe).transport() != Transport.NIO;
    }

    /**
     * Binds and starts to receive.
     *
     * @throws ForwarderException if the port is taken, or a transport or source asked for is not possible
     */
    Forwarder start() {
        requireCopiesPossible();
        Optional<SourceAddress> asked =
                listener.userspace().source().map(source -> SourceAddress.valueOf(source.name()));
        if (listener.replies()) {
            // Receivers must answer to us. That the client's address was not asked for the configuration has made sure.
            return start(SourceAddress.NODE);
        }
        if (listener.payload() == Payload.NETFLOW) {
            // Collectors tell exporters by their addresses: with the node's, templates of one would be another's.
            return start(SourceAddress.CLIENT);
        }
        if (asked.isPresent()) {
            return start(asked.get());
        }
        if (!bindsEarly()) {
            warnOfSource("io nio cannot");
            return start(SourceAddress.NODE);
        }
        try {
            return start(SourceAddress.CLIENT);
        } catch (ForwarderException e) {
            // If the reason is another one, this fails for it too.
            Forwarder forwarder = start(SourceAddress.NODE);
            warnOfSource(e.getMessage());
            return forwarder;
        }
    }

    /** Copies between nodes that have each other's address among their endpoints end by their TTL alone. */
    private void requireCopiesPossible() {
        IoChoice asked = IoChoice.valueOf(listener.userspace().io().name());
        TransportChoice choice = TransportChoice.of(asked, probe);
        if (listener.receivers().spreading().policy().copies() && choice.transport() == Transport.NIO) {
            throw new ForwarderException("policy replicate needs io_uring or epoll, but there is only "
                    + choice.describe() + "; allow one of them, or use another policy");
        }
    }

    private Forwarder start(SourceAddress source) {
        if (listener.payload() == Payload.NETFLOW) {
            netflow.takeOver(listener.name());
        }
        Forwarder forwarder = Forwarder.start(
                ForwarderSettings.of(listener, flows, netflow, source), probe, listener.name(), drops.samples());
        LOG.atInfo()
                .addKeyValue("listener_id", listener.id())
                .addKeyValue("transport", forwarder.transport().describe())
                .addKeyValue("workers", listener.userspace().workers())
                .addKeyValue("source", source.name().toLowerCase(java.util.Locale.ROOT))
                .log("opened userspace sockets");
        return forwarder;
    }

    private void warnOfSource(String reason) {
        LOG.atWarn()
                .addKeyValue("listener_id", listener.id())
                .addKeyValue("reason", reason)
                .log("receivers see the node's address instead of the client's");
    }
}
