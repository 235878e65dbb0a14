/**
 * The transports, io_uring, epoll and the JDK's NIO: which of them this machine has, why the others are missing, and
 * which one is taken.
 */
package dev.udpfanout.forwarder.transport;
