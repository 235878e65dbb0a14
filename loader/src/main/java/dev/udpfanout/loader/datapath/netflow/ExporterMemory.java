package dev.udpfanout.loader.datapath.netflow;

import dev.udpfanout.forwarder.netflow.ExporterKey;
import dev.udpfanout.forwarder.netflow.KnownExporters;
import dev.udpfanout.forwarder.netflow.NetflowMessage;
import dev.udpfanout.forwarder.netflow.RememberedMessage;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.datapath.NetflowCounters;
import java.net.InetSocketAddress;
import java.util.List;

/** What is known of a listener's exporters, in the same files as user space has. Any thread. */
public final class ExporterMemory implements AutoCloseable {
    /** Fits what every IPv6 link takes, with its headers. */
    private static final int MAX_BYTES = 1232;

    private final KnownExporters known;

    private ExporterMemory(KnownExporters known) {
        this.known = known;
    }

    /** Goes on with what the files have. */
    public static ExporterMemory open(NetflowConfig config, String listener) {
        return new ExporterMemory(KnownExporters.open(NetflowKeeping.of(config, listener)));
    }

    /**
     * An options template.
     *
     * @param domain the observation domain, in v9 the source id
     * @param id of the sets of options data
     * @param v9DataBytes of each record of NetFlow v9; IPFIX: 0
     */
    public record OptionsTemplate(InetSocketAddress exporter, int domain, int id, int v9DataBytes) {}

    /**
     * Learns of a message; of several, in the order in which they came.
     *
     * @return whether it says anything that was not known
     */
    public boolean learn(ExporterMessage message) {
        return known.learn(RememberedMessage.of(message.epochMs(), message.exporter(), message.bytes()));
    }

    /**
     * Of whom something is known, to be told to receivers.
     *
     * @param sinceEpochMs only those who have sent a template since then, in milliseconds since 1970; 0 for all
     */
    public ExporterIntroduction introduction(long sinceEpochMs, List<InetSocketAddress> receivers) {
        return new ExporterIntroduction(this, known.keys(sinceEpochMs), receivers);
    }

    /** Messages with all that is known of an exporter now; none if it is forgotten. */
    List<ExporterMessage> of(ExporterKey exporter) {
        return known.of(exporter, MAX_BYTES).stream()
                .map(each -> new ExporterMessage(each.epochMs(), each.exporter(), each.message()))
                .toList();
    }

    /** All options templates. */
    public List<OptionsTemplate> optionsTemplates() {
        return known.optionsTemplates().stream()
                .map(each -> new OptionsTemplate(
                        new RememberedMessage(0, each.sockaddr(), new byte[0]).exporter(),
                        each.domain(),
                        each.id(),
                        each.version() == NetflowMessage.V9 ? each.dataBytes() : 0))
                .toList();
    }

    /** The exporters, the one that was refreshed last first. */
    public List<NetflowCounters.Exporter> exporters() {
        return NetflowCounters.exporters(known.states());
    }

    /** Templates that are remembered. */
    public int templates() {
        return known.templates();
    }

    /** Templates that have gone for want of room, since this was opened. */
    public long evictions() {
        return known.evictions();
    }

    /** Begins a new file, with what is still known, if the one in use has become long. */
    public void tidy() {
        known.tidy();
    }

    @Override
    public void close() {
        known.close();
    }
}
