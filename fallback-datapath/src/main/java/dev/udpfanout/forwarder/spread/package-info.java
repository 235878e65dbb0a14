/**
 * Which endpoint a datagram goes to: in turn, by its source, or to all. {@link dev.udpfanout.forwarder.spread.Spread}
 * is the caller's choice; the rest is arithmetic on the ints of a batch, without input or output.
 */
package dev.udpfanout.forwarder.spread;
