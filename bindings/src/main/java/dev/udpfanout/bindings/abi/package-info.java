/**
 * What Java and the kernel program share: the structures of {@code udp_fanout.h}, each with its map. Here are the
 * limits and how addresses and ports are written; the rest goes by concern: {@code listener}, {@code endpoint},
 * {@code admission}, {@code flow} and {@code counter}.
 */
package dev.udpfanout.bindings.abi;
