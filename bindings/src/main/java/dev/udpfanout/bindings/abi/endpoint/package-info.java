/** Who a datagram goes to: endpoint tables, turns and hashes, and the veths of this node's own pods. */
package dev.udpfanout.bindings.abi.endpoint;
