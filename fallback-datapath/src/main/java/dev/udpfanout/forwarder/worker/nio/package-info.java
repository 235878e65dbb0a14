/**
 * The worker on the JDK's channels: one datagram at a time, for machines on which foreign calls or epoll are missing.
 */
package dev.udpfanout.forwarder.worker.nio;
