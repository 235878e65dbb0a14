package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.ListenerDrops;
import dev.udpfanout.bindings.abi.ListenerStats;

/**
 * What one listener has done.
 *
 * @param stats datagrams and bytes
 * @param drops datagrams not forwarded, by reason
 */
public record ListenerCounters(ListenerStats stats, ListenerDrops drops) {}
