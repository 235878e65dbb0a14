/** The worker on epoll(7): recvmmsg(2) and sendmmsg(2). */
package dev.udpfanout.forwarder.worker.epoll;
