package dev.udpfanout.loader.datapath.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether IPv6 packets that come in on an interface may be sent on: the sysctl {@code net.ipv6.conf.NAME.forwarding},
 * which bpf_fib_lookup asks for. Unlike its IPv4 sister it cannot be written over rtnetlink (inet6_validate_link_af in
 * net/ipv6/addrconf.c), only in /proc/sys, which a container may have mounted read-only.
 */
final class Ipv6Forwarding {
    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv6/conf");

    private Ipv6Forwarding() {}

    /**
     * Switches it on, in the calling thread's network namespace.
     *
     * @return whether it was off
     * @throws IllegalStateException if it is off and cannot be switched on
     */
    static boolean enableIfOff(String interfaceName) {
        Path setting = SETTINGS.resolve(interfaceName).resolve("forwarding");
        try {
            // Not readString: it asks for one byte first, and at another position a sysctl has no more to say.
            if (!String.join("", Files.readAllLines(setting)).strip().equals("0")) {
                return false;
            }
            Files.writeString(setting, "1");
            return true;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "failed to switch on IPv6 forwarding of " + interfaceName + " (" + e
                            + "); set the sysctl net.ipv6.conf.all.forwarding=1 on the node",
                    e);
        }
    }
}
