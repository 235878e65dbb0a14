package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The programs for replies: at the ingress of each interface by which this node sends to an endpoint that answers. */
public final class ReplyPoints {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyPoints.class);

    /** What a receiver on this node's own network answers does not come in anywhere. */
    private static final int LOOPBACK = 1;

    private final KernelProgram program;
    private final Network network;
    private final RepairLog repairs;
    private final Optional<Pins> pins;
    private final Map<Integer, Point> points = new HashMap<>();
    private Map<InetAddress, OptionalInt> ways = Map.of();

    private record Point(String interfaceName, PlacedProgram placed) {}

    public ReplyPoints(KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.program = program;
        this.network = network;
        this.repairs = repairs;
        this.pins = pins;
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
        Set<Integer> unused = new HashSet<>(points.keySet());
        unused.removeAll(interfaces());
        unused.forEach(ifindex -> failures.collect(() -> detach(ifindex)));
        failures.throwIfAny();
    }

    /** Takes away what an earlier daemon has left elsewhere. */
    public void removeLeftovers() {
        Leftovers.removeReplies(network, points.keySet());
        pins.ifPresent(all -> {
            Set<Path> kept = points.values().stream()
                    .map(point -> all.linkOfReplies(point.interfaceName()))
                    .collect(Collectors.toSet());
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
        Optional<PlacedProgram> before =
                Optional.ofNullable(points.get(link.index())).map(Point::placed);
        boolean wasRemoved = before.isPresent() && !before.get().attachment().isAttached();
        if (wasRemoved) {
            points.remove(link.index()).placed().attachment().close();
        } else if (before.isPresent() && before.get().is(name, method)) {
            return;
        }
        HookPlace place = HookPlace.ofReplies(link.index(), link.name(), pins);
        Attachment attachment = Attacher.attach(method, program.named(name), place, network);
        PlacedProgram now = new PlacedProgram(name, method, attachment);
        points.put(link.index(), new Point(link.name(), now));
        LOG.atInfo()
                .addKeyValue("interface", link.name())
                .addKeyValue("method", attachment.method())
                .addKeyValue("adopted", attachment.isAdopted())
                .log("attached TC eBPF program for replies to ingress");
        if (wasRemoved) {
            repairs.repaired(Repair.PROGRAM_REATTACHED, link.name());
        } else if (before.isPresent() && before.get().giveWayTo(now)) {
            logDetached(link.name());
        }
    }

    private void detach(int ifindex) {
        Point point = points.remove(ifindex);
        point.placed().attachment().close();
        logDetached(point.interfaceName());
    }

    private static void logDetached(String interfaceName) {
        LOG.atInfo().addKeyValue("interface", interfaceName).log("detached TC eBPF program for replies from ingress");
    }

    /** Takes all of them off. */
    public void close() {
        Failures failures = new Failures();
        Set.copyOf(points.keySet()).forEach(ifindex -> failures.collect(() -> detach(ifindex)));
        failures.throwIfAny();
    }

    /** Lets go of all of them and leaves them working. */
    public void release() {
        points.values().forEach(point -> point.placed().attachment().release());
        points.clear();
    }
}
