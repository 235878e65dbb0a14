/** Medians, confidence intervals, and what they say of a limit; pure. */
package dev.udpfanout.bench.statistics;
