package dev.udpfanout.bench.contestant;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The stateless per-packet balancer that nftables has by itself: see nft(8), numgen and payload statements. */
final class Nftables {
    private Nftables() {}

    /** A ruleset that gives each datagram to the next endpoint; the endpoints have one port. */
    static String rules(InetSocketAddress vip, List<InetSocketAddress> endpoints) {
        String addresses = IntStream.range(0, endpoints.size())
                .mapToObj(i -> i + " : " + endpoints.get(i).getAddress().getHostAddress())
                .collect(Collectors.joining(", "));
        return """
                table ip bench {
                    chain spread {
                        type filter hook prerouting priority raw; policy accept;
                        ip daddr %s udp dport %d notrack ip daddr set numgen inc mod %d map { %s } udp dport set %d
                    }
                }
                """.formatted(
                        vip.getAddress().getHostAddress(),
                        vip.getPort(),
                        endpoints.size(),
                        addresses,
                        endpoints.getFirst().getPort());
    }
}
