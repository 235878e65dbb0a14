package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.config.AddressRange;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.netflow.TemplateKeeping;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.UserspaceConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** A listener's configuration in the forwarder's terms. */
final class ForwarderSettings {
    /** Some 200 fields, and what Java needs besides. */
    private static final long BYTES_A_TEMPLATE = 1024;

    private ForwarderSettings() {}

    static ForwarderConfig of(ListenerConfig listener, FlowsConfig flows, NetflowConfig netflow, SourceAddress source) {
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
            settings = settings.withNetflow(templates(listener, netflow));
        }
        return listener.replies() ? settings.withReplies(new ReplyLimits(flows.max(), flows.idleTimeout())) : settings;
    }

    private static TemplateKeeping templates(ListenerConfig listener, NetflowConfig netflow) {
        TemplateMemory.Limits limits = new TemplateMemory.Limits(
                netflow.maxTemplates(),
                netflow.maxTemplates() * BYTES_A_TEMPLATE,
                netflow.lifetime().toNanos());
        return new TemplateKeeping(limits, netflow.directory().map(folder -> folder.resolve(fileName(listener))));
    }

    /** A name may have what no file's name may. */
    private static String fileName(ListenerConfig listener) {
        return "templates-" + URLEncoder.encode(listener.name(), StandardCharsets.UTF_8);
    }
}
