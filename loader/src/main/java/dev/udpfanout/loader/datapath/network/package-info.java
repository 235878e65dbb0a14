/**
 * What must be true of the node's network for a datagram to come to a datapath: dummy interfaces with their addresses,
 * the routes that steer to them or deliver on this node, and the log of what had to be mended. Of use to the kernel's
 * datapath and to user space's.
 */
package dev.udpfanout.loader.datapath.network;
