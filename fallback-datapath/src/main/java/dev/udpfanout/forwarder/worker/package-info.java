/**
 * Workers: a thread, which is a Netty event loop, a listening socket and one sending socket for each endpoint. Here is
 * what all transports share; {@code nio}, {@code epoll} and {@code iouring} are one transport each, {@code socket} is
 * what the last two share. Netty waits for events and drives the ring; datagrams are read and sent by {@code IoHandle}s
 * of these packages, because Netty's datagram channels make a packet and an address object for each datagram.
 */
package dev.udpfanout.forwarder.worker;
