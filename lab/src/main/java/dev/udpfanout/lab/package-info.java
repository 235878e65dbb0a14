/**
 * Network namespaces on this machine that stand for a client, a Kubernetes node and its pods. For tests, the demo and
 * benchmarks; never part of the product, which spawns no process.
 */
package dev.udpfanout.lab;
