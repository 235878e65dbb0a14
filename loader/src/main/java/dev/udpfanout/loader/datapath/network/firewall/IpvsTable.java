package dev.udpfanout.loader.datapath.network.firewall;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The services of IPVS, and the destinations below each: {@code /proc/net/ip_vs}. A service is a line as {@code UDP
 * C0A80164:15AA rr}, or with {@code [2001:0db8:…]:15AA}; a destination {@code -> 0AFF0001:158A Masq 1 0 0}, whose third
 * word is the weight. Source: ip_vs_info_seq_show in net/netfilter/ipvs/ip_vs_ctl.c.
 *
 * @param lines of the file; none where the kernel has no IPVS
 */
record IpvsTable(List<String> lines) {
    private static final String DESTINATION = "->";
    private static final int WEIGHT = 3;

    boolean isEmpty() {
        return lines.stream().noneMatch(line -> line.startsWith("UDP") || line.startsWith("TCP"));
    }

    /** Whether there is a service for the address and UDP port. */
    boolean has(InetSocketAddress place) {
        return lines.stream().anyMatch(line -> isOf(line, place));
    }

    /** Whether there is one with a destination that gets connections. */
    boolean leadsOn(InetSocketAddress place) {
        boolean isBelow = false;
        for (String line : lines) {
            String[] words = line.strip().split(" +");
            if (!words[0].equals(DESTINATION)) {
                isBelow = isOf(line, place);
            } else if (isBelow && words.length > WEIGHT && !words[WEIGHT].equals("0")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(String line, InetSocketAddress place) {
        String port = HexFormat.of().withUpperCase().toHexDigits((short) place.getPort());
        String wanted = "UDP " + address(place.getAddress()) + ":" + port;
        return (line.replaceAll(" +", " ").toUpperCase(Locale.ROOT) + " ").startsWith(wanted + " ");
    }

    private static String address(InetAddress address) {
        String digits = HexFormat.of().withUpperCase().formatHex(address.getAddress());
        return address instanceof Inet6Address ? "[" + String.join(":", digits.split("(?<=\\G.{4})")) + "]" : digits;
    }
}
