package dev.udpfanout.loader.trace.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether the kernel forwards what comes in by an interface: ip-sysctl.rst, forwarding. */
public final class ForwardingSetting {
    private static final Path SETTINGS = Path.of("/proc/sys/net");

    private ForwardingSetting() {}

    /** In the calling thread's network namespace; true if it cannot be read. IPv6 has one for all that counts, too. */
    public static boolean isOn(String interfaceName, boolean isIpv6) {
        return isIpv6
                ? isOn("ipv6/conf/all/forwarding") && isOn("ipv6/conf/" + interfaceName + "/forwarding")
                : isOn("ipv4/conf/" + interfaceName + "/forwarding");
    }

    private static boolean isOn(String setting) {
        try {
            // Not readString: it asks for one byte first, and at another position a sysctl has no more to say.
            List<String> lines = Files.readAllLines(SETTINGS.resolve(setting));
            return lines.isEmpty() || !lines.getFirst().strip().equals("0");
        } catch (IOException e) {
            return true;
        }
    }
}
