/** Which endpoints a datagram goes to, where that is more than whose turn it is. */
package dev.udpfanout.forwarder.policy;
