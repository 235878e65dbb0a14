package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/** A listener, written as an operator writes it, and read as the daemon reads it. */
public final class ListenerText {
    private final StringBuilder yaml = new StringBuilder("listeners:\n");

    private ListenerText(String key, Object interfaces, String bind) {
        yaml.append("  - ").append(key).append(": ").append(interfaces).append('\n');
        yaml.append("    bind: \"").append(bind).append("\"\n");
    }

    public static ListenerText on(String interfaceName, String bind) {
        return new ListenerText("interface", interfaceName, bind);
    }

    public static ListenerText on(List<String> interfaces, String bind) {
        return new ListenerText("interfaces", interfaces, bind);
    }

    public ListenerText with(String key, Object value) {
        String text = value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value.toString();
        yaml.append("    ").append(key).append(": ").append(text).append('\n');
        return this;
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    public ListenerConfig listener(List<InetSocketAddress> endpoints) {
        yaml.append("    downstream:\n");
        for (InetSocketAddress endpoint : endpoints) {
            yaml.append("      - { address: \"").append(text(endpoint)).append("\" }\n");
        }
        try {
            return new ConfigReader(name -> true)
                    .parse(yaml.toString(), "test")
                    .listeners()
                    .getFirst();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
