/** The kernel's packet filter nf_tables, by libnftables(3) and JSON (libnftables-json(5)), and word of its changes. */
package dev.udpfanout.bindings.nftables;
