package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The first lines of the log: what runs where, and what it is asked to do. What becomes of it follows. */
final class StartLog {
    private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

    private StartLog() {}

    static void write(Config config, Path file, Path pins) {
        NodeIdentity node = NodeIdentity.detect();
        LOG.atInfo()
                .addKeyValue("version", UdpFanout.VERSION)
                .addKeyValue("node", node.nodeName())
                .addKeyValue("kernel", System.getProperty("os.version"))
                .addKeyValue("jvm", Runtime.version())
                .addKeyValue("config", file)
                .addKeyValue("pins", pins)
                .log("udp-fanout starts");
        config.listeners().forEach(StartLog::write);
    }

    private static void write(ListenerConfig listener) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("listener_id", listener.id())
                .addKeyValue("name", listener.name())
                .addKeyValue("bind", bind(listener))
                .addKeyValue("interfaces", String.join(", ", listener.interfaces()))
                .addKeyValue("mode", word(listener.mode()))
                .addKeyValue("policy", word(listener.receivers().spreading().policy()))
                .addKeyValue("receivers", receivers(listener));
        if (listener.publish().isPresent()) {
            line = line.addKeyValue("publishes", publishes(listener.publish().get()));
        }
        line.log("wants listener");
    }

    private static String bind(ListenerConfig listener) {
        String bind = SocketAddressText.write(listener.bind());
        return listener.vipDirect() ? "vip:" + listener.bind().getPort() : bind;
    }

    private static String receivers(ListenerConfig listener) {
        return listener.receivers()
                .kubernetes()
                .map(StartLog::service)
                .orElseGet(() -> listener.receivers().downstream().size() + " of the file");
    }

    private static String service(KubernetesSource source) {
        return "Service " + source.namespace().map(name -> name + "/").orElse("") + source.service();
    }

    private static String publishes(PublishTarget target) {
        return "Service " + target.namespace().map(name -> name + "/").orElse("") + target.service();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
