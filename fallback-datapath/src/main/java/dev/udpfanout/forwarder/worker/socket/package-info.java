/**
 * Workers on file descriptors of ours, for epoll and io_uring: received addresses, batches that are sent with one
 * system call, copies, and the sockets of flows with their replies.
 */
package dev.udpfanout.forwarder.worker.socket;
