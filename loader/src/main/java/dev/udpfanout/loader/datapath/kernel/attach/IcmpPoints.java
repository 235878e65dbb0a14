package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The programs for ICMP errors: at the ingress of each interface by which this node sends to an endpoint. */
public final class IcmpPoints {
    private final Network network;
    private final Optional<Pins> pins;
    /** By interface. */
    private final Hooks<Integer> hooks;

    private final Map<Integer, AttachMethod> methods = new HashMap<>();

    public IcmpPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.network = network;
        this.pins = pins;
        this.hooks = new Hooks<>(program, network, repairs);
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    public boolean areHeld() {
        return hooks.areHeld();
    }

    /** Has programs on these interfaces too, as far as they are there. */
    public void add(AttachMethod method, Set<Integer> interfaces) {
        Failures failures = new Failures();
        interfaces.forEach(ifindex -> failures.collect(
                () -> network.links().byIndex(ifindex).ifPresent(link -> ensureAttached(method, link))));
        failures.throwIfAny();
    }

    /** Has programs on these interfaces, and nowhere else. */
    public void set(AttachMethod method, Set<Integer> interfaces) {
        Failures failures = new Failures();
        failures.collect(() -> add(method, interfaces));
        Set<Integer> unused = new HashSet<>(hooks.keys());
        unused.removeAll(interfaces);
        unused.forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
        methods.keySet().retainAll(interfaces);
        failures.throwIfAny();
    }

    /**
     * As it was attached first, by this daemon or an earlier one: a change of the method would make or remove a qdisc,
     * which costs datagrams that this link sends, and gains nothing.
     */
    private void ensureAttached(AttachMethod method, Link link) {
        HookPlace place = HookPlace.ofIcmp(link.index(), link.name(), pins);
        AttachMethod first = methods.computeIfAbsent(
                link.index(), none -> Attacher.left(place, network).orElse(method));
        String name = link.hasEthernetHeader() ? KernelProgram.ICMP : KernelProgram.ICMP_L3;
        hooks.ensure(link.index(), place, name, first, Optional.empty());
    }

    /** Takes away what an earlier daemon has left elsewhere. */
    public void removeLeftovers() {
        Leftovers.removeIcmp(network, hooks.keys());
        pins.ifPresent(all -> {
            Set<Path> kept =
                    hooks.interfaceNames().stream().map(all::linkOfIcmp).collect(Collectors.toSet());
            Leftovers.removePinnedLinks(all, link -> !Pins.isOfIcmp(link) || kept.contains(link));
        });
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
