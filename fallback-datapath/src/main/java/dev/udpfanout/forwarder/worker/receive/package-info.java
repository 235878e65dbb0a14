/** Where the kernel puts what it knows of each received datagram: addresses, hop limit, length. */
package dev.udpfanout.forwarder.worker.receive;
