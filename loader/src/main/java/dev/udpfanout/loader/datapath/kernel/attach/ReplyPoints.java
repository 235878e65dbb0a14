package dev.udpfanout.loader.datapath.kernel.attach;

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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** The programs for replies: at the ingress of each interface by which this node sends to an endpoint that answers. */
public final class ReplyPoints {
    /** What a receiver on this node's own network answers does not come in anywhere. */
    private static final int LOOPBACK = 1;

    private final Network network;
    private final Optional<Pins> pins;
    /** By interface. */
    private final Hooks<Integer> hooks;

    private Map<InetAddress, OptionalInt> ways = Map.of();

    public ReplyPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.network = network;
        this.pins = pins;
        this.hooks = new Hooks<>(program, network, repairs);
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
        attach(method);
    }

    /** Has programs where answers of these endpoints come in, by the routes of this moment, and nowhere else. */
    public void set(AttachMethod method, Set<InetAddress> endpoints) {
        Map<InetAddress, OptionalInt> all = new HashMap<>();
        endpoints.forEach(endpoint -> all.put(endpoint, network.routes().outgoingLink(endpoint)));
        ways = all;
        // What is new first: at no moment is there none where a route has changed.
        Failures failures = new Failures();
        failures.collect(() -> attach(method));
        Set<Integer> unused = new HashSet<>(hooks.keys());
        unused.removeAll(interfaces());
        unused.forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
        failures.throwIfAny();
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

    private void attach(AttachMethod method) {
        Failures failures = new Failures();
        for (int ifindex : interfaces()) {
            failures.collect(() -> network.links().byIndex(ifindex).ifPresent(link -> ensureAttached(method, link)));
        }
        failures.throwIfAny();
    }

    private void ensureAttached(AttachMethod method, Link link) {
        String name = link.hasEthernetHeader() ? KernelProgram.REPLY : KernelProgram.REPLY_L3;
        hooks.ensure(
                link.index(), HookPlace.ofReplies(link.index(), link.name(), pins), name, method, Optional.empty());
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
