package dev.udpfanout.loader.daemon;

/** Packet filters as nodes have them; each drops what is forwarded, unless something accepts it. */
enum PacketFilter {
    IPTABLES_POLICY("iptables -P FORWARD DROP", "ip6tables -P FORWARD DROP"),
    IPTABLES_LAST_RULE("iptables -A FORWARD -j REJECT", "ip6tables -A FORWARD -j REJECT"),
    /** ufw: a chain that ends every packet's way. */
    IPTABLES_OWN_CHAIN(
            "iptables -N ufw-reject-forward; iptables -A ufw-reject-forward -j REJECT; iptables -A FORWARD -j ufw-reject-forward",
            "ip6tables -N ufw6-reject-forward; ip6tables -A ufw6-reject-forward -j REJECT;"
                    + " ip6tables -A FORWARD -j ufw6-reject-forward"),
    /** Docker: a chain for the operator, whose last rule returns, and the policy. */
    DOCKER(
            "iptables -N DOCKER-USER; iptables -A DOCKER-USER -j RETURN; iptables -I FORWARD -j DOCKER-USER;"
                    + " iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT;"
                    + " iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT; iptables -P FORWARD DROP",
            "ip6tables -N DOCKER-USER; ip6tables -A DOCKER-USER -j RETURN; ip6tables -I FORWARD -j DOCKER-USER;"
                    + " ip6tables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT; ip6tables -P FORWARD DROP"),
    LEGACY_POLICY("iptables-legacy -w 5 -P FORWARD DROP", "ip6tables-legacy -w 5 -P FORWARD DROP"),
    LEGACY_LAST_RULE("iptables-legacy -w 5 -A FORWARD -j REJECT", "ip6tables-legacy -w 5 -A FORWARD -j REJECT"),
    NFTABLES_POLICY("nft add table inet filter; "
            + "nft add chain inet filter forward { type filter hook forward priority 0 ; policy drop ; }"),
    /** firewalld: policy accept, and a last rule that rejects. */
    NFTABLES_LAST_RULE("nft add table inet firewalld; nft add chain inet firewalld filter_FORWARD"
            + " { type filter hook forward priority filter + 10 ; policy accept ; };"
            + " nft add rule inet firewalld filter_FORWARD ct state { established, related } accept;"
            + " nft add rule inet firewalld filter_FORWARD ct state invalid drop;"
            + " nft add rule inet firewalld filter_FORWARD reject with icmpx type admin-prohibited"),
    NFTABLES_ONE_FAMILY(
            "nft add table ip hardened; nft add chain ip hardened fwd0 { type filter hook forward priority 5 ; policy drop ; }",
            "nft add table ip6 hardened; nft add chain ip6 hardened fwd0 { type filter hook forward priority 5 ; policy drop ; }"),
    TWO_OF_THEM(
            "iptables -P FORWARD DROP; nft add table inet second;"
                    + " nft add chain inet second forward { type filter hook forward priority 20 ; policy drop ; }",
            "ip6tables -P FORWARD DROP; nft add table inet second;"
                    + " nft add chain inet second forward { type filter hook forward priority 20 ; policy drop ; }");

    /** By shell commands, for IPv4. */
    final String commands;
    /** As above, for IPv6. */
    final String commands6;

    PacketFilter(String both) {
        this(both, both);
    }

    PacketFilter(String commands, String commands6) {
        this.commands = commands;
        this.commands6 = commands6;
    }
}
