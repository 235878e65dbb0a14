package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.kernel.attach.ReplyPoints;
import dev.udpfanout.loader.datapath.kernel.maps.Counters;
import dev.udpfanout.loader.datapath.kernel.maps.FlowSweep;
import dev.udpfanout.loader.datapath.kernel.maps.FlowTable;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there must be in the kernel for listeners with replies, beside their flags and tables: flows, and programs where
 * answers come in.
 */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private final KernelProgram program;
    private final FlowTable flows;
    private final ReplyPoints points;
    private final FlowSweep sweep;
    private boolean leftoversRemoved;
    private boolean conntrackTold;

    Replies(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins, Counters counters) {
        this.program = program;
        this.flows = new FlowTable(
                program.map(SharedMaps.FLOWS), program.map(SharedMaps.FLOW_CHANGES), program.flowsConfig(), pins);
        this.points = new ReplyPoints(program, network, repairs, pins);
        this.sweep = FlowSweep.start(flows, program.flowsConfig(), counters);
    }

    /** To be called before LISTENERS says that a listener has replies. */
    void provideFlows(Collection<ListenerConfig> listeners) {
        if (!replying(listeners).isEmpty()) {
            flows.provide();
            tellWhetherConntrackIsAsked();
        }
    }

    /** Once: what it means stands in docs/replies.md. */
    private void tellWhetherConntrackIsAsked() {
        if (!conntrackTold) {
            program.whyConntrackIsNotAsked().ifPresent(reason -> LOG.atInfo()
                    .addKeyValue("reason", reason)
                    .log("flows of replies are opened without a question to connection tracking"));
            conntrackTold = true;
        }
    }

    /** To be called after LISTENERS says of no other listeners that they have replies. */
    void removeUnusedFlows(Collection<ListenerConfig> listeners) {
        if (replying(listeners).isEmpty()) {
            flows.remove();
        }
    }

    /** A listener is about to have more endpoints: their answers must not come in unseen. */
    void expect(ReceiverSet set, EndpointSet endpoints, Collection<ListenerConfig> listeners) {
        if (set.replies()) {
            points.add(attachMethod(replying(listeners)), addresses(endpoints).collect(Collectors.toSet()));
        }
    }

    /** As {@link ReplyPoints#areHeld}. */
    boolean areHeld() {
        return points.areHeld();
    }

    /**
     * Has programs where answers come in, and takes them off elsewhere: there only when all endpoints are known, since
     * before that an earlier daemon's may be needed.
     */
    void reconcile(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        List<ListenerConfig> replying = replying(listeners);
        Set<InetAddress> endpoints = replying.stream()
                .flatMap(listener -> Optional.ofNullable(inForce.get(listener.name())).stream())
                .flatMap(Replies::addresses)
                .collect(Collectors.toSet());
        if (!replying.stream().allMatch(listener -> inForce.containsKey(listener.name()))) {
            points.add(attachMethod(replying), endpoints);
            return;
        }
        if (replying.isEmpty()) {
            points.clear();
        } else {
            points.set(attachMethod(replying), endpoints);
        }
        if (!leftoversRemoved) {
            points.removeLeftovers();
            leftoversRemoved = true;
        }
    }

    /** The ports of bridges at which answers come in, by their indexes. */
    Set<Integer> ports() {
        return points.ports();
    }

    private static List<ListenerConfig> replying(Collection<ListenerConfig> listeners) {
        return listeners.stream().filter(ListenerConfig::replies).toList();
    }

    private static Stream<InetAddress> addresses(EndpointSet set) {
        return set.endpoints().stream().map(endpoint -> endpoint.address().getAddress());
    }

    /** What any of the listeners asks for. */
    private static AttachMethod attachMethod(List<ListenerConfig> replying) {
        return replying.stream()
                .map(ListenerConfig::attach)
                .filter(method -> method != AttachMethod.AUTO)
                .findFirst()
                .orElse(AttachMethod.AUTO);
    }

    /** The flows at the last look; empty where nobody answers. Any thread. */
    Optional<FlowCounters> flows() {
        return sweep.counters();
    }

    /** Ends the looks through the flows and lets go of their table; the kernel keeps it as long as its map. */
    void closeFlows() {
        sweep.close();
        flows.close();
    }

    /** Lets go of the programs and leaves them working. */
    void release() {
        points.release();
    }

    /** Takes the programs off. */
    void close() {
        points.close();
    }
}
