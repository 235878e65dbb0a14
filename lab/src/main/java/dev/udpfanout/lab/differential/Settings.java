package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kernel settings of the nodes; source: the kernel's Documentation/networking/ip-sysctl.rst and
 * nf_conntrack-sysctl.rst.
 */
final class Settings {
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv4/conf");
    private static final Path BRIDGE = Path.of("/proc/sys/net/bridge");
    private static final Path NETFILTER = Path.of("/proc/sys/net/netfilter");

    private Settings() {}

    /** Sets rp_filter of all interfaces, also of those to come. */
    static void reversePathFilter(Ground ground, int value) {
        for (LabNamespace node : ground.nodes()) {
            node.call(() -> {
                try (Stream<Path> interfaces = Files.list(INTERFACES)) {
                    for (Path of : interfaces.toList()) {
                        write(of.resolve("rp_filter"), value);
                    }
                }
                return null;
            });
        }
    }

    /** Whether frames that a bridge forwards pass the IP layer's firewall, for both families. */
    static void bridgeNetfilter(Ground ground, int value) {
        for (LabNamespace node : ground.nodes()) {
            node.call(() -> {
                for (String setting : List.of("bridge-nf-call-iptables", "bridge-nf-call-ip6tables")) {
                    // A kernel without br_netfilter has neither, and acts as with 0.
                    if (Files.exists(BRIDGE.resolve(setting)) || value != 0) {
                        write(BRIDGE.resolve(setting), value);
                    }
                }
                return null;
            });
        }
    }

    /** Has entries of UDP outlast the run, as those of a sender that never stops do. */
    static void keepTrackedConnections(Ground ground) {
        for (LabNamespace node : ground.nodes()) {
            node.call(() -> {
                write(NETFILTER.resolve("nf_conntrack_udp_timeout"), 3_600);
                write(NETFILTER.resolve("nf_conntrack_udp_timeout_stream"), 3_600);
                return null;
            });
        }
    }

    private static void write(Path setting, int value) throws IOException {
        Files.writeString(setting, Integer.toString(value));
    }
}
