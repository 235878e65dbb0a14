/**
 * Workers: a thread, which is a Netty event loop, a listening socket and one sending socket for each endpoint. Netty waits
 * for events and drives the ring; datagrams are read and sent by {@code IoHandle}s of this package, because
 * Netty's datagram channels make a packet and an address object for each datagram.
 */
package dev.udpfanout.forwarder.worker;
