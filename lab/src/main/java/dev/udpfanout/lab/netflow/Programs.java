package dev.udpfanout.lab.netflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Debian's exporters: softflowd, and pmacctd with its plugin nfprobe. */
final class Programs {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int FIRST_RECORD = 1;

    private Programs() {}

    /** Exports a capture's flows by softflowd(8), and checks that it says it has exported all. */
    static int softflowd(Ground ground, int exporter, int flows, int version) {
        Path folder = ground.folder("softflowd");
        String said = ground.client()
                .exec(
                        "softflowd",
                        "-d",
                        "-r",
                        capture(folder, exporter, flows).toString(),
                        "-v",
                        Integer.toString(version),
                        "-n",
                        text(ground.destination()),
                        "-c",
                        "none",
                        "-p",
                        folder.resolve("pid").toString());
        String exported = "Flows exported: %d (%d records)".formatted(flows, flows);
        if (!said.contains(exported) || !said.contains("(0 failures)")) {
            throw new IllegalStateException("softflowd did not say \"" + exported + "\" without failures: " + said);
        }
        return flows;
    }

    /** Exports a capture's flows by pmacctd; it begins two seconds after its start. Source: pmacct's CONFIG-KEYS. */
    static int nfprobe(Ground ground, int exporter, int flows, int version) {
        Path folder = ground.folder("nfprobe");
        try {
            Path config = Files.writeString(folder.resolve("pmacctd.conf"), """
                    daemonize: false
                    pcap_savefile: %s
                    pcap_savefile_wait: false
                    plugins: nfprobe
                    plugin_pipe_size: 8000000
                    nfprobe_receiver: %s
                    nfprobe_version: %d
                    nfprobe_maxflows: 65535
                    aggregate: src_host, dst_host, src_port, dst_port, proto
                    """.formatted(
                            capture(folder, exporter, flows), text(ground.destination()), version));
            ground.client()
                    .start(Map.of(), line -> {}, "pmacctd", "-f", config.toString())
                    .awaitExit(LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return flows;
    }

    private static Path capture(Path folder, int exporter, int flows) {
        return FlowCapture.ofFlows(folder.resolve("capture"), FlowNumbers.sourcePort(exporter), FIRST_RECORD, flows);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
