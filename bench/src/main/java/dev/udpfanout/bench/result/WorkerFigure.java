package dev.udpfanout.bench.result;

import dev.udpfanout.bench.statistics.Estimate;

/**
 * What a datagram costs udp-fanout in user space with two workers on one CPU.
 *
 * @param choice what decides which worker gets it: {@code drawn}, {@code hash}, or {@code replies}
 * @param senders each with an address and a port of its own; with {@code replies} as many flows
 * @param forwarderNs CPU time of the daemon's threads for a datagram that they sent on
 * @param busiestShare of the workers' CPU time that the busier one had: 0.5 to 1
 */
public record WorkerFigure(
        String contestant,
        String choice,
        int senders,
        Estimate deliveredPerSecond,
        Estimate forwarderNs,
        Estimate busiestShare) {}
