package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import java.time.Duration;
import java.util.Optional;

/**
 * What the kernel program has for all listeners together.
 *
 * @param processingTimes how long datagrams were worked on
 * @param earlyFragments fragments that came before the one with the ports
 * @param icmpErrors ICMP errors about datagrams that were sent to endpoints
 * @param leaseLeft how long leased listeners are served from now on if the daemon dies; negative: for how long they
 *     have not been, empty if no listener is leased
 */
public record ProgramCounters(
        ProcessingTimes processingTimes,
        EarlyFragments earlyFragments,
        IcmpErrors icmpErrors,
        Optional<Duration> leaseLeft) {
    /** The same, with the lease. */
    public ProgramCounters leasedFor(Optional<Duration> left) {
        return new ProgramCounters(processingTimes, earlyFragments, icmpErrors, left);
    }
}
