package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.abi.flow.FlowEntry;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs for replies: at the ingress of each interface by which this node sends to an endpoint that answers, and,
 * where that is a bridge, of the endpoints' ports. What one pod answers to another of its bridge passes the ports
 * alone.
 */
public final class ReplyPoints {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyPoints.class);
    /** What a receiver on this node's own network answers does not come in anywhere. */
    private static final int LOOPBACK = 1;

    private final Network network;
    private final Optional<Pins> pins;
    /** By interface. */
    private final Hooks<Integer> hooks;

    private final EndpointPorts endpointPorts;
    private final BridgePorts bridgePorts;
    private Map<InetAddress, OptionalInt> ways = Map.of();
    private Map<Integer, Integer> ports = Map.of();
    /** Of these, and of those whose late answers are awaited. */
    private final Map<Integer, Integer> bridgeOfPort = new HashMap<>();
    /**
     * As a port was attached first, by this daemon or an earlier one, for as long as there is the port: another qdisc
     * costs datagrams to the pod.
     */
    private final Map<Integer, AttachMethod> portMethods = new HashMap<>();

    private final LateAnswers lateAnswers;
    private String lastFailure = "";

    public ReplyPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.network = network;
        this.pins = pins;
        this.hooks = new Hooks<>(program, network, repairs);
        this.endpointPorts = new EndpointPorts(network);
        this.bridgePorts = new BridgePorts(program);
        this.lateAnswers =
                new LateAnswers(program.flowsConfig().idleTimeout().plus(FlowEntry.SEEN_LAG), System::nanoTime);
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    public boolean areHeld() {
        return hooks.areHeld();
    }

    /**
     * Has programs where answers of more endpoints come in; the ways to those that are known are not asked for again.
     */
    public void add(AttachMethod method, Set<InetAddress> endpoints) {
        Map<InetAddress, OptionalInt> all = new HashMap<>(ways);
        endpoints.forEach(endpoint -> all.computeIfAbsent(endpoint, network.routes()::outgoingLink));
        ways = all;
        attach(method, network.links().all());
    }

    /**
     * Has programs where answers of these endpoints come in, by the routes of this moment, and where endpoints were
     * that may still answer; nowhere else.
     */
    public void set(AttachMethod method, Set<InetAddress> endpoints) {
        Map<InetAddress, OptionalInt> all = new HashMap<>();
        endpoints.forEach(endpoint -> all.put(endpoint, network.routes().outgoingLink(endpoint)));
        ways = all;
        List<Link> links = network.links().all();
        Failures failures = new Failures();
        // A link that is gone first: its name may be another's by now.
        Set<Integer> present = links.stream().map(Link::index).collect(Collectors.toSet());
        takeOffAllBut(present, failures);
        // What is new first: at no moment is there none where a route has changed.
        failures.collect(() -> attach(method, links));
        Set<Integer> used = interfaces();
        used.addAll(ports.keySet());
        used.addAll(lateAnswers.awaited(attachedAsBefore(links), used));
        takeOffAllBut(used, failures);
        failures.collect(() -> bridgePorts.retain(used));
        portMethods.keySet().retainAll(present);
        bridgeOfPort.keySet().retainAll(used);
        failures.throwIfAny();
    }

    /** Those with a program; without ports that have left their bridge, by which no answer comes in. */
    private Set<Integer> attachedAsBefore(List<Link> links) {
        bridgeOfPort.putAll(ports);
        Set<Integer> attached = new HashSet<>(hooks.keys());
        for (Link link : links) {
            Integer bridge = bridgeOfPort.get(link.index());
            if (bridge != null && link.master().orElse(0) != bridge) {
                attached.remove(link.index());
            }
        }
        return attached;
    }

    private void takeOffAllBut(Set<Integer> used, Failures failures) {
        Set<Integer> unused = new HashSet<>(hooks.keys());
        unused.removeAll(used);
        unused.forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
    }

    /** Takes all programs off when nobody is to be answered any more. */
    public void clear() {
        ways = Map.of();
        ports = Map.of();
        close();
        bridgePorts.retain(Set.of());
        portMethods.clear();
        bridgeOfPort.clear();
    }

    /** The ports of bridges that have a program, by their indexes. */
    public Set<Integer> ports() {
        return ports.keySet();
    }

    /** Takes away what an earlier daemon has left elsewhere. */
    public void removeLeftovers() {
        Leftovers.removeReplies(network, hooks.keys());
        pins.ifPresent(all -> {
            Set<Path> kept =
                    hooks.interfaceNames().stream().map(all::linkOfReplies).collect(Collectors.toSet());
            Leftovers.removePinnedLinks(all, link -> !Pins.isOfReplies(link) || kept.contains(link));
        });
    }

    private Set<Integer> interfaces() {
        Set<Integer> interfaces = new HashSet<>();
        ways.values().forEach(way -> way.ifPresent(interfaces::add));
        interfaces.remove(LOOPBACK);
        return interfaces;
    }

    private void attach(AttachMethod method, List<Link> links) {
        Set<Integer> interfaces = interfaces();
        Failures failures = new Failures();
        failures.collect(() -> ports = endpointPorts.of(ways, links));
        for (Link link : links) {
            if (interfaces.contains(link.index())) {
                failures.collect(() -> ensureAttached(method, link));
            }
        }
        attachToPorts(method, links);
        failures.throwIfAny();
    }

    /** Without ports answers get to all clients but those on the bridge: so a port that refuses keeps nothing back. */
    private void attachToPorts(AttachMethod method, List<Link> links) {
        Failures failures = new Failures();
        failures.collect(() -> bridgePorts.add(ports));
        for (Link link : links) {
            if (ports.containsKey(link.index())) {
                failures.collect(() -> ensureAttachedToPort(method, link));
            }
        }
        try {
            failures.throwIfAny();
            lastFailure = "";
        } catch (SystemCallException e) {
            if (!e.getMessage().equals(lastFailure)) {
                lastFailure = e.getMessage();
                LOG.atWarn()
                        .addKeyValue("reason", lastFailure)
                        .log(
                                "a receiver's answers to other pods of its bridge are not seen: the program is not on its port, will retry");
            }
        }
    }

    private void ensureAttachedToPort(AttachMethod method, Link link) {
        try {
            HookPlace place = HookPlace.ofReplies(link.index(), link.name(), pins);
            AttachMethod first = portMethods.computeIfAbsent(
                    link.index(), none -> Attacher.left(place, network).orElse(method));
            ensureAttached(first, link);
        } catch (SystemCallException e) {
            // It may have gone with its pod since it was seen.
            if (network.links().byIndex(link.index()).isPresent()) {
                throw e;
            }
        }
    }

    private void ensureAttached(AttachMethod method, Link link) {
        String name = link.hasEthernetHeader() ? KernelProgram.REPLY : KernelProgram.REPLY_L3;
        HookPlace place = HookPlace.ofReplies(link.index(), link.name(), pins);
        hooks.ensure(
                link.index(),
                ports.containsKey(link.index()) ? place.asOneOfMany() : place,
                name,
                method,
                Optional.empty());
    }

    /** Takes all of them off. */
    public void close() {
        Failures failures = new Failures();
        hooks.keys().forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
        failures.throwIfAny();
    }

    /** Lets go of all of them and leaves them working. */
    public void release() {
        hooks.release();
    }
}
