package dev.udpfanout.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel settings of the lab's namespaces, written before there are interfaces so that these start out with them.
 * Source: the kernel's Documentation/networking/ip-sysctl.rst.
 */
final class NamespaceSettings {
    private static final Path ROOT = Path.of("/proc/sys/net");

    private NamespaceSettings() {}

    /** Settings of the calling thread's namespace. */
    static void apply(boolean isNode, boolean ipv6) throws IOException {
        set("ipv4/conf/all/rp_filter", 0);
        set("ipv4/conf/default/rp_filter", 0);
        set("ipv6/conf/all/disable_ipv6", ipv6 ? 0 : 1);
        set("ipv6/conf/default/disable_ipv6", ipv6 ? 0 : 1);
        set("ipv6/conf/default/accept_dad", 0);
        set("ipv6/conf/default/router_solicitations", 0);
        if (isNode) {
            set("ipv4/ip_forward", 1);
            set("ipv6/conf/all/forwarding", ipv6 ? 1 : 0);
        }
    }

    private static void set(String setting, int value) throws IOException {
        Path file = ROOT.resolve(setting);
        // A kernel without IPv6 does not have its settings.
        if (Files.exists(file)) {
            Files.writeString(file, Integer.toString(value));
        }
    }
}
