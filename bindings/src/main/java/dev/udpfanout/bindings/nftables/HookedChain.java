package dev.udpfanout.bindings.nftables;

import java.util.List;

/**
 * A chain of nf_tables that packets come to by a hook: nft(8), "base chain".
 *
 * @param table its table's name
 * @param name its own
 * @param hook NF_BR_ or NF_NETDEV_ of linux/netfilter_bridge.h and linux/netfilter.h
 * @param devices the names of the interfaces whose packets it sees; empty if it is not for single ones
 * @param doesNothing whether it has no rule, and lets everything pass
 */
public record HookedChain(String table, String name, int hook, List<String> devices, boolean doesNothing) {
    public HookedChain {
        devices = List.copyOf(devices);
    }
}
