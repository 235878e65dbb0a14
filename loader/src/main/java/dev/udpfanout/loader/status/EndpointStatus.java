package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One endpoint of a listener.
 *
 * @param name for people: the pod's name, or what the configuration says
 * @param address its address and UDP port
 * @param health what the probes say
 * @param active whether it is sent datagrams: it is in the endpoint set in force
 * @param sent what was sent to it for this listener, since the counters began
 * @param lastProbeError the last probe of it that failed; empty if none has, or it is not probed
 */
public record EndpointStatus(
        String name,
        InetSocketAddress address,
        HealthState health,
        boolean active,
        EndpointStats sent,
        Optional<ProbeError> lastProbeError) {}
