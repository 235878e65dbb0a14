/**
 * What becomes of a datagram inside this node: {@code udp-fanout trace}. Probes on the kernel's tracepoints tell where
 * a datagram is ({@code TraceProbes}), {@code Story} puts that together, and {@code Fate} says how it ended and why.
 */
package dev.udpfanout.loader.trace;
