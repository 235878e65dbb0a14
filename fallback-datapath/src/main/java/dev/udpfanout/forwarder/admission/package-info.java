/** Which datagrams are forwarded at all, whatever the endpoint: where they may come from, and how many there may be. */
package dev.udpfanout.forwarder.admission;
