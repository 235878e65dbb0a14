/**
 * The rules that let listeners' datagrams through the node's own packet filters, where those would drop them. Other
 * people's rules are read and never changed; ours are known by their comment.
 */
package dev.udpfanout.loader.datapath.network.firewall;
