package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.tc.Qdisc;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.DummyInterface;
import dev.udpfanout.loader.datapath.network.LoopbackInterface;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RangeRoutes;
import dev.udpfanout.loader.datapath.network.Steering;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon that did not get to clean up has left in a network namespace: programs on hooks, by their names,
 * steering routes, by their protocol number, rules of the firewall, by their comment, and dummy interfaces and the
 * loopback interface's setting, by their alias.
 */
public final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /**
     * Takes everything back that is ours, on every interface.
     *
     * @return how many programs, routes, rules of the firewall and interfaces there were
     */
    public static int remove(Network network) {
        return removeAllBut(network, List.of(), Set.of())
                + removeReplies(network, Set.of())
                + removeIcmp(network, Set.of())
                + RangeRoutes.removeLeftToSockets(network, List.of())
                + Firewall.removeLeftovers()
                + removeInterfaces(network);
    }

    /** Those that we made; one that was there before us is somebody else's. */
    private static int removeInterfaces(Network network) {
        int removed = 0;
        for (Link link : network.links().all()) {
            if (link.alias().equals(DummyInterface.CREATED_BY_US)) {
                network.links().delete(link.index());
                LOG.atInfo().addKeyValue("interface", link.name()).log("removed dummy interface");
                removed++;
            }
        }
        return removed;
    }

    /** The programs for replies, on all interfaces but these. */
    static int removeReplies(Network network, Set<Integer> kept) {
        return removeAtIngress(network, kept, KernelProgram.FOR_REPLIES);
    }

    /** The programs for ICMP errors, on all interfaces but these. */
    static int removeIcmp(Network network, Set<Integer> kept) {
        return removeAtIngress(network, kept, KernelProgram.FOR_ICMP);
    }

    private static int removeAtIngress(Network network, Set<Integer> kept, Set<String> programs) {
        int removed = 0;
        List<Link> others = network.links().all().stream()
                .filter(link -> !kept.contains(link.index()))
                .toList();
        for (Link link : others) {
            removed += removeFilters(network, link, Set.of(), programs);
        }
        // Last: it takes bpf(2), which a process that only cleans up may be refused.
        for (Link link : others) {
            removed += removeTcxLinks(link, Set.of(), programs);
        }
        return removed;
    }

    /**
     * The programs for requests and the routes, but for the hooks and the routes of these attach points, and the
     * programs at ingress of these interfaces.
     */
    public static int removeAllBut(Network network, List<AttachPoint> kept, Set<Integer> keptInterfaces) {
        int removed = 0;
        for (Link link : network.links().all()) {
            List<AttachPoint> points =
                    kept.stream().filter(point -> isOn(point, link)).toList();
            if (points.stream().noneMatch(AttachPoint::isDummy)) {
                removed += removeRoutes(network, link);
            }
            if (points.isEmpty() && LoopbackInterface.undo(network, link)) {
                removed++;
            }
            removed += removeFilters(network, link, hooks(kept, keptInterfaces, link), KernelProgram.FOR_REQUESTS);
        }
        // Last: it takes bpf(2), which a process that only cleans up may be refused.
        for (Link link : network.links().all()) {
            removed += removeTcxLinks(link, hooks(kept, keptInterfaces, link), KernelProgram.FOR_REQUESTS);
        }
        return removed;
    }

    private static Set<HookPoint> hooks(List<AttachPoint> points, Set<Integer> interfaces, Link link) {
        Stream<HookPoint> ofGroup = interfaces.contains(link.index()) ? Stream.of(HookPoint.INGRESS) : Stream.empty();
        Stream<HookPoint> ofPoints =
                points.stream().filter(point -> isOn(point, link)).flatMap(point -> point.hooks().stream());
        return Stream.concat(ofPoints, ofGroup).collect(Collectors.toSet());
    }

    /** By number, too: an interface has alternative names (ip-link(8), altname), and by each it is found. */
    private static boolean isOn(AttachPoint point, Link link) {
        return point.interfaceName().equals(link.name()) || point.ifindex().equals(Optional.of(link.index()));
    }

    private static int removeRoutes(Network network, Link link) {
        List<Route> ours = network.routes().all().stream()
                .filter(route -> Steering.isPastHooks(route, link.index()))
                .toList();
        if (ours.isEmpty()) {
            return 0;
        }
        Set<InetAddress> steered = ours.stream().map(Route::destination).collect(Collectors.toSet());
        Steering.undo(network, link, steered);
        LOG.atInfo()
                .addKeyValue("interface", link.name())
                .addKeyValue("routes", ours.size())
                .log("put routes back");
        return steered.size();
    }

    private static int removeTcxLinks(Link link, Set<HookPoint> kept, Set<String> programs) {
        int removed = 0;
        for (HookPoint hook : HookPoint.values()) {
            if (kept.contains(hook)) {
                continue;
            }
            int detached = TcxLink.detachAll(link.index(), hook, programs::contains);
            if (detached > 0) {
                logDetached(link, hook.toString(), detached);
            }
            removed += detached;
        }
        return removed;
    }

    /**
     * As {@link #removePinnedLinks}, of the programs for requests, but for the hooks of these attach points, and these.
     */
    public static void removePinnedLinksBut(Pins pins, List<AttachPoint> points, Set<Path> others) {
        Set<Path> kept = points.stream()
                .flatMap(point -> point.hooks().stream().map(hook -> pins.link(point.interfaceName(), hook)))
                .collect(Collectors.toSet());
        removePinnedLinks(
                pins,
                link -> Pins.isOfReplies(link) || Pins.isOfIcmp(link) || kept.contains(link) || others.contains(link));
    }

    /**
     * Takes off what links hold that are pinned, but for these. The names of programs on a hook can be asked for with
     * CAP_SYS_ADMIN alone; a pin can be opened without.
     */
    static void removePinnedLinks(Pins pins, Predicate<Path> kept) {
        for (Path pin : pins.pinnedLinks()) {
            if (!kept.test(pin)) {
                TcxLink.openPinned(pin, pin.getFileName().toString(), HookPoint.INGRESS)
                        .ifPresent(TcxLink::close);
                Pins.remove(pin);
                LOG.atInfo().addKeyValue("pin", pin.getFileName()).log("detached TC eBPF program that was pinned");
            }
        }
    }

    /** Whether one of our programs is a filter of any interface. */
    static boolean hasFilters(Network network) {
        return network.links().all().stream()
                .flatMap(link ->
                        Stream.of(TcHook.values()).flatMap(hook -> network.filters().of(link.index(), hook).stream()))
                .anyMatch(filter -> isOneOf(filter, KernelProgram.NAMES));
    }

    private static int removeFilters(Network network, Link link, Set<HookPoint> kept, Set<String> programs) {
        int removed = 0;
        Set<TcFilter> left = new HashSet<>();
        for (TcHook hook : TcHook.values()) {
            for (TcFilter filter : network.filters().of(link.index(), hook)) {
                if (isOneOf(filter, programs) && !kept.contains(HookPoint.valueOf(hook.name()))) {
                    network.filters().delete(filter);
                    logDetached(link, hook.toString(), 1);
                    removed++;
                } else {
                    left.add(filter);
                }
            }
        }
        // A qdisc without filters does nothing; one with anybody's filter is not ours to take.
        if (removed > 0
                && left.isEmpty()
                && network.qdiscs().of(link.index()).stream().anyMatch(Qdisc::isClsact)) {
            network.qdiscs().deleteClsact(link.index());
        }
        return removed;
    }

    /** libbpf names a filter after its program: {@code udp_fanout:[42]}. */
    static boolean isOneOf(TcFilter filter, Set<String> programs) {
        String name = filter.bpfName();
        int end = name.indexOf(':');
        return filter.kind().equals("bpf") && programs.contains(end < 0 ? name : name.substring(0, end));
    }

    private static void logDetached(Link link, String hook, int programs) {
        LOG.atInfo()
                .addKeyValue("interface", link.name())
                .addKeyValue("programs", programs)
                .log("detached TC eBPF program from {}", hook.toLowerCase(java.util.Locale.ROOT));
    }
}
