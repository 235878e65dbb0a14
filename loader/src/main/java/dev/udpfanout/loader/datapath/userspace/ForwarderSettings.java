package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.config.AddressRange;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.UserspaceConfig;

/** A listener's configuration in the forwarder's terms. */
final class ForwarderSettings {
    private ForwarderSettings() {}

    static ForwarderConfig of(ListenerConfig listener, FlowsConfig flows, NetflowMemory netflow, SourceAddress source) {
        UserspaceConfig wanted = listener.userspace();
        ForwarderConfig settings = ForwarderConfig.forAddress(listener.bind())
                .withIo(IoChoice.valueOf(wanted.io().name()))
                .withWorkers(wanted.workers())
                .withCpus(wanted.cpus())
                .withBatchSize(wanted.batchSize())
                .withReceiveBufferBytes(wanted.receiveBufferBytes())
                .withMaxPacketBytes(wanted.maxPacketBytes())
                .withSource(source)
                .withReadsSources(ForwarderRules.askForSources(listener))
                // So that the socket is there before the route that brings the first datagram is.
                .withFreeBind(!listener.bind().getAddress().isAnyLocalAddress());
        if (listener.range().isPresent()) {
            Prefix range = listener.range().get();
            settings = settings.withRange(new AddressRange(range.network(), range.bits()));
        }
        if (listener.payload() == Payload.NETFLOW) {
            settings = settings.withNetflow(netflow.keeping(listener.name()));
        }
        return listener.replies() ? settings.withReplies(new ReplyLimits(flows.max(), flows.idleTimeout())) : settings;
    }
}
