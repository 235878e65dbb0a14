package dev.udpfanout.loader.datapath.netflow;

import dev.udpfanout.forwarder.netflow.TemplateKeeping;
import dev.udpfanout.forwarder.netflow.TemplateMemory;
import dev.udpfanout.loader.config.NetflowConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a listener's templates are remembered, whichever datapath serves it: in the same files. */
public final class NetflowKeeping {
    /** Some 200 fields, and what Java needs besides. */
    private static final long BYTES_A_TEMPLATE = 1024;

    private NetflowKeeping() {}

    public static TemplateKeeping of(NetflowConfig netflow, String listener) {
        TemplateMemory.Limits limits = new TemplateMemory.Limits(
                netflow.maxTemplates(),
                netflow.maxTemplates() * BYTES_A_TEMPLATE,
                netflow.lifetime().toNanos());
        return new TemplateKeeping(
                limits, netflow.directory().map(folder -> folder.resolve(fileName(listener))), netflow.retelling());
    }

    /** A name may have what no file's name may. */
    private static String fileName(String listener) {
        return "templates-" + URLEncoder.encode(listener, StandardCharsets.UTF_8);
    }
}
