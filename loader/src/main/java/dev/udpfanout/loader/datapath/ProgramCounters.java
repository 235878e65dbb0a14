package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;

/**
 * What the kernel program counts for all listeners together.
 *
 * @param processingTimes how long datagrams were worked on
 * @param earlyFragments fragments that came before the one with the ports
 * @param icmpErrors ICMP errors about datagrams that were sent to endpoints
 */
public record ProgramCounters(ProcessingTimes processingTimes, EarlyFragments earlyFragments, IcmpErrors icmpErrors) {}
