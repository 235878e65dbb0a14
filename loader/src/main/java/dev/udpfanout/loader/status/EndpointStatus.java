package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One endpoint of a listener.
 *
 * @param name for people: the pod's name, or what the configuration says
 * @param address its address and UDP port
 * @param health what the probes say
 * @param active whether it is sent datagrams: it is in the endpoint set in force
 * @param sent what was sent to it for this listener, since the counters began
 * @param portClosedSince since when it is out because nobody listens at its port, as ICMP port unreachable says; empty
 *     if that is not so
 * @param lastProbeError the last probe of it that failed; empty if none has, or it is not probed
 */
public record EndpointStatus(
        String name,
        InetSocketAddress address,
        HealthState health,
        boolean active,
        EndpointStats sent,
        Optional<Instant> portClosedSince,
        Optional<ProbeError> lastProbeError) {
    /** Whether nothing speaks against sending it datagrams. */
    public boolean isUsable() {
        return health.isUsable() && portClosedSince.isEmpty();
    }
}
