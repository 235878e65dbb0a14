package dev.udpfanout.loader.datapath;

/**
 * What has become of a chain of the node's packet filters that would drop listeners' datagrams.
 *
 * @param backend {@code "nftables"} (iptables-nft too) or {@code "iptables-legacy"}
 * @param hook where the chain is called: {@code "forward"} or {@code "input"}
 * @param chain family, table and name, for example {@code "ip filter FORWARD"}; empty if the backend as a whole is
 *     meant
 * @param rules how many of ours are in it
 * @param packets what they have let through, of late
 * @param problem why the rules that it should have are not there; empty if they are
 */
public record FirewallState(String backend, String hook, String chain, int rules, long packets, String problem) {}
