package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.netflow.RememberedMessage;
import dev.udpfanout.forwarder.netflow.TemplateJournal;
import dev.udpfanout.forwarder.netflow.TemplateKeeping;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import dev.udpfanout.loader.datapath.netflow.NetflowKeeping;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What listeners remember of exporters of NetFlow and IPFIX.
 *
 * @param leftInKernel what the kernel's program has handed over of a listener's exporters, by its name: the datapath
 *     there may have ended before it has written that down
 */
public record NetflowMemory(NetflowConfig config, Function<String, List<ExporterMessage>> leftInKernel) {
    private static final Logger LOG = LoggerFactory.getLogger(NetflowMemory.class);

    TemplateKeeping keeping(String listener) {
        return NetflowKeeping.of(config, listener);
    }

    /** Before a listener's files are opened: they have what the kernel's datapath knew. */
    void takeOver(String listener) {
        keeping(listener).file().ifPresent(file -> {
            List<RememberedMessage> left = leftInKernel.apply(listener).stream()
                    .map(each -> RememberedMessage.of(each.epochMs(), each.exporter(), each.bytes()))
                    .toList();
            if (left.isEmpty()) {
                return;
            }
            try {
                TemplateJournal.add(file, left);
            } catch (IOException e) {
                LOG.warn("failed to keep the NetFlow templates that the kernel has in {}: {}", file, e.toString());
            }
        });
    }
}
