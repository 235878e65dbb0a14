package dev.udpfanout.loader.config;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Downstream;
import dev.udpfanout.loader.config.ListenerConfig.HashOn;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.LocalDelivery;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ListenerConfig.Policy;
import dev.udpfanout.loader.config.ListenerConfig.Preference;
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
        return listener(
                name, new InetSocketAddress("10.255.0.1", 5514), false, List.of(), Optional.of(source), preference);
    }

    /** A listener on dummy0 with receivers from the file. */
    public static ListenerConfig configured(String name, List<InetSocketAddress> receivers) {
        List<Downstream> downstream = receivers.stream()
                .map(address -> new Downstream(address.toString(), address, 1))
                .toList();
        return listener(
                name, new InetSocketAddress("10.255.0.1", 5514), false, downstream, Optional.empty(), Preference.ANY);
    }

    /** A listener at an address, or, if VIP-direct, at a port of a Service's VIP. */
    public static ListenerConfig at(InetSocketAddress bind, boolean vipDirect) {
        return listener("syslog", bind, vipDirect, List.of(), Optional.empty(), Preference.ANY);
    }

    private static ListenerConfig listener(
            String name,
            InetSocketAddress bind,
            boolean vipDirect,
            List<Downstream> downstream,
            Optional<KubernetesSource> kubernetes,
            Preference preference) {
        return new ListenerConfig(
                0,
                name,
                bind,
                vipDirect,
                List.of("dummy0"),
                Mode.TC_EBPF,
                AttachMethod.AUTO,
                Hook.INGRESS,
                LocalDelivery.NEIGH,
                Admission.ALL,
                Policy.ROUND_ROBIN,
                HashOn.SOURCE,
                false,
                downstream,
                kubernetes,
                Optional.empty(),
                preference,
                Optional.empty(),
                new UserspaceConfig(UserspaceConfig.Io.AUTO, 1, List.of(), 64, 1 << 20, 65_507, Optional.empty()));
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
                FlowsConfig.DEFAULT,
                health,
                new MetricsConfig(false, new InetSocketAddress("127.0.0.1", 9090), "/metrics"),
                new ShutdownConfig(ShutdownConfig.OnExit.DETACH, Duration.ZERO));
    }
}
