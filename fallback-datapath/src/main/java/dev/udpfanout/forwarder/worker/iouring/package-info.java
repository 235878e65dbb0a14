/** The worker on io_uring(7): one multishot receive into provided buffers, and sends on the same ring. */
package dev.udpfanout.forwarder.worker.iouring;
