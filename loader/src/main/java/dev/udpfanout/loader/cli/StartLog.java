package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.SpreadNote;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The first lines of the log: what runs where, what it is asked to do, and which datapath does it and why. */
final class StartLog {
    private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

    private StartLog() {}

    static void write(Config config, Path file, Path pins, Datapath datapath) {
        NodeIdentity node = NodeIdentity.detect();
        LOG.atInfo()
                .addKeyValue("version", UdpFanout.VERSION)
                .addKeyValue("node", node.nodeName())
                .addKeyValue("kernel", System.getProperty("os.version"))
                .addKeyValue("jvm", Runtime.version())
                .addKeyValue("config", file)
                .addKeyValue("pins", pins)
                .log("udp-fanout starts");
        config.listeners().forEach(listener -> write(listener, datapath.state(listener.name())));
    }

    private static void write(ListenerConfig listener, ListenerState state) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("listener_id", listener.idInLog())
                .addKeyValue("name", listener.name())
                .addKeyValue("bind", bind(listener))
                .addKeyValue("interfaces", String.join(", ", listener.interfaces()))
                .addKeyValue("mode", word(listener.mode()))
                .addKeyValue("policy", word(listener.receivers().spreading().policy()))
                .addKeyValue("receivers", receivers(listener));
        if (listener.publish().isPresent()) {
            line = line.addKeyValue("publishes", publishes(listener.publish().get()));
        }
        String spreads = SpreadNote.of(listener.receivers().spreading(), state.mode());
        if (!spreads.isEmpty()) {
            line = line.addKeyValue("spreads", spreads);
        }
        line.addKeyValue("served", state.mode()).addKeyValue("why", why(state)).log("wants listener");
    }

    private static String why(ListenerState state) {
        boolean isChosen = state.modeReason().equals(ListenerState.AUTO);
        return isChosen ? "mode auto, and the kernel takes it" : state.modeReason();
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
