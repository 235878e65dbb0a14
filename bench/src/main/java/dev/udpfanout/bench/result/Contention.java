package dev.udpfanout.bench.result;

import dev.udpfanout.bench.statistics.Estimate;

/**
 * What a packet costs in the kernel program when two CPUs run it at the same time.
 *
 * @param load what kind of packet
 * @param maps that it writes
 * @param aloneNs on one CPU, nanoseconds a packet
 * @param bothNs on each of two
 * @param ratio of the two, round by round; CPUs that share a core slow each other down without any map, which shows in
 *     the floor's
 */
public record Contention(String load, String maps, Estimate aloneNs, Estimate bothNs, Estimate ratio) {}
