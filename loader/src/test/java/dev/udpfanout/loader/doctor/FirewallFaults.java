package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;

import java.util.List;

/**
 * Packet filters that drop: what is forwarded to a listener on dummy0 to which the daemon adds no rule, and what is for
 * a socket.
 */
final class FirewallFaults {
    private FirewallFaults() {}

    static List<Fault> ofFamily(Family family) {
        WayIn left = family.way(WayIn.DUMMY_LEAVE);
        WayIn socket = family.way(WayIn.NIC_USERSPACE);
        String iptables = family.iptables + " -w 5";
        String legacy = family.iptables + "-legacy -w 5";
        String nft = family.nft;
        return List.of(
                fault(
                        left,
                        "FORWARD of iptables-nft drops by its policy",
                        iptables + " -P FORWARD DROP",
                        iptables + " -P FORWARD ACCEPT",
                        nft + " filter FORWARD drops"),
                fault(
                        left,
                        "a rule of iptables-nft drops what is forwarded",
                        iptables + " -A FORWARD -p udp --dport 5514 -j DROP",
                        iptables + " -D FORWARD -p udp --dport 5514 -j DROP",
                        nft + " filter FORWARD drops"),
                fault(
                        left,
                        "FORWARD of iptables-legacy drops by its policy",
                        legacy + " -P FORWARD DROP",
                        legacy + " -P FORWARD ACCEPT",
                        family.iptables + "-legacy FORWARD drops"),
                fault(
                        left,
                        "a rule of iptables-legacy drops what is forwarded",
                        legacy + " -A FORWARD -o dummy0 -j DROP",
                        legacy + " -D FORWARD -o dummy0 -j DROP",
                        family.iptables + "-legacy FORWARD drops"),
                fault(
                        left,
                        "a chain of nftables for both families drops by its policy",
                        "nft 'add table inet own; add chain inet own forward"
                                + " { type filter hook forward priority 0 ; policy drop ; }'",
                        "nft delete table inet own",
                        "inet own forward drops"),
                fault(
                        left,
                        "a rule of nftables without a counter drops what is forwarded",
                        "nft 'add table %1$s own; add chain %1$s own forward { type filter hook forward priority 0 ; };"
                                        .formatted(nft)
                                + " add rule %s own forward udp dport 5514 drop'".formatted(nft),
                        "nft delete table %s own".formatted(nft),
                        nft + " own forward drops"),
                Fault.of(
                                "a rule drops whose conditions doctor does not know",
                                left,
                                "nft 'add table %1$s own; add chain %1$s own forward { type filter hook forward priority 0 ; };"
                                                .formatted(nft)
                                        + " add rule %s own forward meta length != 1 counter drop'".formatted(nft),
                                "nft delete table %s own".formatted(nft),
                                PROBLEM,
                                "test_datagram",
                                "of chain %s own forward (+".formatted(nft))
                        .diesByFirewall("eth0", nft + " own forward"),
                fault(
                        socket,
                        "INPUT drops what sockets are to get",
                        ("%1$s -P INPUT DROP; %1$s -I INPUT -i lo -j ACCEPT; %1$s -I INPUT ! -p udp -j ACCEPT")
                                .formatted(iptables),
                        "%1$s -F INPUT; %1$s -P INPUT ACCEPT".formatted(iptables),
                        nft + " filter INPUT drops"),
                fault(
                        socket,
                        "INPUT of iptables-legacy drops what sockets are to get",
                        legacy + " -A INPUT -p udp --dport 5514 -j DROP",
                        legacy + " -F INPUT",
                        family.iptables + "-legacy INPUT drops"));
    }

    /** The chain that doctor names, without what it does: of iptables-legacy trace says the table, too. */
    private static String suspect(String finding) {
        String chain = finding.replace(" drops", "");
        return chain.contains("legacy") ? chain.replace("legacy ", "legacy filter ") : chain;
    }

    private static Fault fault(WayIn way, String name, String breaks, String mends, String finding) {
        return Fault.of(name, way, breaks, mends, PROBLEM, "forward_policy", finding)
                .diesByFirewall("eth0", suspect(finding));
    }
}
