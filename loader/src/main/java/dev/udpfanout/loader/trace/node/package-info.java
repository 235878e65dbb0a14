/**
 * What the node's kernel says of itself where a datagram's story needs it: forwarding, and next hops that do not
 * answer.
 */
package dev.udpfanout.loader.trace.node;
