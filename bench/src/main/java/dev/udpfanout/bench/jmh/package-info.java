/** JMH benchmarks of single operations: {@code make bench-jmh}. As root; each in a network namespace of its own. */
package dev.udpfanout.bench.jmh;
