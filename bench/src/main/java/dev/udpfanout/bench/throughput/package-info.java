/** How many datagrams a second get from the client to the pods, and what one costs. */
package dev.udpfanout.bench.throughput;
