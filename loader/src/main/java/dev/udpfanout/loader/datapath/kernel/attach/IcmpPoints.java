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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The programs for ICMP errors: at the ingress of each interface by which this node sends to an endpoint, and of the
 * ports of bridges behind which endpoints answer.
 */
public final class IcmpPoints {
    private final Network network;
    private final Optional<Pins> pins;
    /** By interface. */
    private final Hooks<Integer> hooks;

    /** How each link was attached first, for as long as there is the link. */
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

    /**
     * Has programs on these interfaces too, as far as they are there.
     *
     * @param ports of bridges
     */
    public void add(AttachMethod method, Set<Integer> interfaces, Set<Integer> ports) {
        add(method, interfaces, ports, network.links().all());
    }

    private void add(AttachMethod method, Set<Integer> interfaces, Set<Integer> ports, List<Link> links) {
        Failures failures = new Failures();
        for (Link link : links) {
            boolean isPort = ports.contains(link.index());
            if (isPort || interfaces.contains(link.index())) {
                failures.collect(() -> ensureAttached(method, link, isPort));
            }
        }
        failures.throwIfAny();
    }

    /** Has programs on these interfaces, and nowhere else; as above. */
    public void set(AttachMethod method, Set<Integer> interfaces, Set<Integer> ports) {
        List<Link> links = network.links().all();
        Set<Integer> used = new HashSet<>(interfaces);
        used.addAll(ports);
        Failures failures = new Failures();
        // A link that is gone first: its name may be another's by now.
        Set<Integer> present = links.stream().map(Link::index).collect(Collectors.toSet());
        takeOffAllBut(present, failures);
        failures.collect(() -> add(method, interfaces, ports, links));
        takeOffAllBut(used, failures);
        // Not only of those in use: a route that was away for a moment must not cost a qdisc when it is back.
        methods.keySet().retainAll(present);
        failures.throwIfAny();
    }

    private void takeOffAllBut(Set<Integer> used, Failures failures) {
        Set<Integer> unused = new HashSet<>(hooks.keys());
        unused.removeAll(used);
        unused.forEach(ifindex -> failures.collect(() -> hooks.takeOff(ifindex)));
    }

    /**
     * As it was attached first, by this daemon or an earlier one: a change of the method would make or remove a qdisc,
     * which costs datagrams that this link sends, and gains nothing.
     */
    private void ensureAttached(AttachMethod method, Link link, boolean isPort) {
        HookPlace place = HookPlace.ofIcmp(link.index(), link.name(), pins);
        AttachMethod first = methods.computeIfAbsent(
                link.index(), none -> Attacher.left(place, network).orElse(method));
        String name = link.hasEthernetHeader() ? KernelProgram.ICMP : KernelProgram.ICMP_L3;
        hooks.ensure(link.index(), isPort ? place.asOneOfMany() : place, name, first, Optional.empty());
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
