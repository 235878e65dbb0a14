package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The daemon at one moment.
 *
 * @param version of the program
 * @param startedAt when this process began
 * @param readiness whether it does its work
 * @param listeners in the order of the configuration
 * @param kubernetes the watch for EndpointSlices; empty if no listener has one
 * @param services the annotated Services; empty if the configuration asks for none
 * @param config the file in force, and the last attempt to replace it
 * @param health what probing has done; empty if it is off
 * @param ports endpoints at whose port nobody listens
 * @param threads those that the daemon cannot do without
 * @param repairs how often what was set up had to be mended, by name: {@code program_reattached} and so on
 * @param outages at most how long what was repaired had been gone, all times together, by the repair's name
 * @param firewall chains of the node's packet filters that would drop listeners' datagrams
 * @param staleFlows how many entries of connection tracking that led past a listener were deleted, by listener
 * @param packetProcessing how long the program took per datagram, sampled; empty if nothing is sampled
 * @param flows what is remembered of who asks and who answers; empty if no listener has replies
 * @param earlyFragments fragments that came before the one with the ports; empty if the kernel's program is not at work
 * @param icmpErrors ICMP errors about datagrams that were sent to endpoints; empty as above
 * @param leaseLeft how long leased listeners are served if the daemon dies now; negative: for how long they have not
 *     been, empty if no listener is leased
 */
public record StatusSnapshot(
        String version,
        Instant startedAt,
        Readiness readiness,
        List<ListenerStatus> listeners,
        Optional<WatchStatus> kubernetes,
        Optional<ServicesStatus> services,
        ConfigStatus config,
        Optional<ProbingStatus> health,
        PortsStatus ports,
        ThreadsStatus threads,
        Map<String, Long> repairs,
        Map<String, Duration> outages,
        List<FirewallState> firewall,
        Map<String, Long> staleFlows,
        Optional<DurationHistogram> packetProcessing,
        Optional<FlowCounters> flows,
        Optional<EarlyFragments> earlyFragments,
        Optional<IcmpErrors> icmpErrors,
        Optional<Duration> leaseLeft) {

    public StatusSnapshot {
        listeners = List.copyOf(listeners);
        firewall = List.copyOf(firewall);
        repairs = Collections.unmodifiableMap(new TreeMap<>(repairs));
        outages = Collections.unmodifiableMap(new TreeMap<>(outages));
        staleFlows = Collections.unmodifiableMap(new TreeMap<>(staleFlows));
    }
}
