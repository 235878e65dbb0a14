/** How long one datagram takes from the client to a pod. */
package dev.udpfanout.bench.latency;
