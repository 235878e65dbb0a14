/** What is measured, how often and in which order. */
package dev.udpfanout.bench.suite;
