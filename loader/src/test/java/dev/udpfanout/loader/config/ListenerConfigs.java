package dev.udpfanout.loader.config;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Configurations made without a file. */
public final class ListenerConfigs {
    private ListenerConfigs() {}

    /** A listener on dummy0 whose receivers are a Service's, on the port named "syslog". */
    public static ListenerConfig discovering(String name, String service, Preference preference) {
        KubernetesSource source =
                new KubernetesSource(Optional.of("logging"), service, new KubernetesSource.Port.Name("syslog"));
        return ListenerBuilder.named(name).discovering(source, preference).build();
    }

    /** A listener on dummy0 with receivers from the file. */
    public static ListenerConfig configured(String name, List<InetSocketAddress> receivers) {
        return ListenerBuilder.named(name).to(receivers).build();
    }

    /** A listener at an address, or, if VIP-direct, at a port of a Service's VIP. */
    public static ListenerConfig at(InetSocketAddress bind, boolean vipDirect) {
        return ListenerBuilder.named("syslog").at(bind).vipDirect(vipDirect).build();
    }

    /** A whole configuration with these listeners. */
    public static Config config(List<ListenerConfig> listeners, OnAllUnhealthy onAllUnhealthy) {
        HealthConfig health = new HealthConfig(
                true,
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                0.1,
                Protocol.ICMP,
                OptionalInt.empty(),
                "/",
                2,
                1,
                onAllUnhealthy);
        return new Config(
                listeners,
                Optional.empty(),
                FlowsConfig.DEFAULT,
                NetflowConfig.IN_MEMORY,
                health,
                new MetricsConfig(false, new InetSocketAddress("127.0.0.1", 9090), "/metrics"),
                new ShutdownConfig(ShutdownConfig.OnExit.DETACH, Duration.ZERO));
    }
}
