/**
 * The worker on io_uring(7): receives, by one multishot submission into provided buffers or by one a datagram, and
 * sends on the same ring.
 */
package dev.udpfanout.forwarder.worker.iouring;
