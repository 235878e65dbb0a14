package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.nftables.HookedChain;
import dev.udpfanout.bindings.nftables.HookedChains;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.rule.Rules;
import dev.udpfanout.bindings.rtnetlink.tc.Qdisc;
import dev.udpfanout.bindings.rtnetlink.tc.Qdiscs;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilters;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@link HostSide} from the kernel: queueing disciplines and filters by rtnetlink, programs by BPF_PROG_QUERY,
 * chains by nf_tables. The kernel tells nobody when a program is attached by TCX, so it has to be asked again and
 * again; that costs one system call a link, and a few for all of them. Needs CAP_NET_ADMIN.
 */
public final class HostSideReader implements AutoCloseable {
    /** Those that the kernel gives a link by itself, and those that hold no packet back. */
    private static final Set<String> PLAIN_QDISCS =
            Set.of("noqueue", "pfifo_fast", "pfifo", "bfifo", "fq_codel", "fq", "mq", Qdisc.CLSACT, Qdisc.INGRESS);

    /** linux/netfilter_bridge.h: NF_BR_LOCAL_OUT, NF_BR_POST_ROUTING. */
    private static final Set<Integer> HOOKS_OF_BRIDGES = Set.of(3, 4);

    /** linux/netfilter.h: NF_NETDEV_EGRESS. */
    private static final int DEVICE_EGRESS = 1;

    /** The thread's own, as namespaces go by thread: packet(7), packet_seq_show of net/packet/af_packet.c. */
    private static final Path PACKET_SOCKETS = Path.of("/proc/thread-self/net/packet");

    private static final int INTERFACE_COLUMN = 4;
    private static final Pattern COLUMNS = Pattern.compile("\\s+");

    private static final Set<String> LEGACY_EBTABLES = Set.of("ebtable_filter", "ebtable_nat");

    private final RtnetlinkSocket links;
    private final Optional<RtnetlinkSocket> netfilter;
    private final Path modules;

    private HostSideReader(RtnetlinkSocket links, Optional<RtnetlinkSocket> netfilter, Path modules) {
        this.links = links;
        this.netfilter = netfilter;
        this.modules = modules;
    }

    /** Reads what the calling thread's network namespace has; the thread that {@link #read}s must be in it too. */
    public static HostSideReader open() {
        return open(Path.of("/proc/modules"));
    }

    /** As above, with the file that lists the kernel's modules. */
    static HostSideReader open(Path modules) {
        return new HostSideReader(RtnetlinkSocket.open(), netfilter(), modules);
    }

    /** Empty on a kernel without netfilter. */
    private static Optional<RtnetlinkSocket> netfilter() {
        try {
            return Optional.of(RtnetlinkSocket.openNetfilter());
        } catch (SystemCallException e) {
            if (e.errno().symbol().equals("EPROTONOSUPPORT")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * What stands on the node's side of these veths, and of the bridges that they are ports of.
     *
     * @param all the links of this node
     * @param veths by their index
     */
    public HostSide read(List<Link> all, Collection<Integer> veths) {
        Set<Integer> indexes = new TreeSet<>(veths);
        all.stream()
                .filter(link -> veths.contains(link.index()))
                .flatMapToInt(link -> link.master().stream())
                .forEach(indexes::add);
        if (indexes.isEmpty()) {
            return new HostSide(Map.of(), List.of(), List.of());
        }
        Map<Integer, List<Qdisc>> qdiscs =
                new Qdiscs(links).all().stream().collect(Collectors.groupingBy(Qdisc::linkIndex));
        List<HookedChain> ofDevices =
                netfilter.map(socket -> new HookedChains(socket).ofDevices()).orElse(List.of());
        Set<Integer> watched = watched();
        Map<Integer, String> found = new HashMap<>();
        for (Link link : all) {
            if (indexes.contains(link.index())) {
                List<Qdisc> own = qdiscs.getOrDefault(link.index(), List.of());
                Stream.of(
                                program(link),
                                queue(link, own),
                                filter(link, own),
                                chain(link, ofDevices),
                                watcher(link, watched))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .ifPresent(what -> found.put(link.index(), what));
            }
        }
        return new HostSide(found, onBridges(), new Rules(links).all());
    }

    private static Optional<String> program(Link link) {
        return TcxLink.programsOn(link.index(), HookPoint.EGRESS).stream()
                .findFirst()
                .map(id -> "TCX program " + HookProgram.ofId(id) + " on " + link.name());
    }

    private static Optional<String> queue(Link link, List<Qdisc> qdiscs) {
        return qdiscs.stream()
                .filter(qdisc -> !PLAIN_QDISCS.contains(qdisc.kind()))
                .findFirst()
                .map(qdisc -> "queueing discipline " + qdisc.kind() + " on " + link.name());
    }

    private Optional<String> filter(Link link, List<Qdisc> qdiscs) {
        return qdiscs.stream().anyMatch(Qdisc::isClsact)
                ? new TcFilters(links)
                        .of(link.index(), TcHook.EGRESS).stream()
                                .findFirst()
                                .map(filter -> "tc filter " + name(filter) + " on " + link.name())
                : Optional.empty();
    }

    private static String name(TcFilter filter) {
        return filter.kind() + " pref " + filter.priority();
    }

    private static Optional<String> chain(Link link, List<HookedChain> ofDevices) {
        return ofDevices.stream()
                .filter(chain -> chain.hook() == DEVICE_EGRESS && !chain.doesNothing())
                .filter(chain -> chain.devices().contains(link.name()))
                .findFirst()
                .map(chain -> "nftables chain " + chain.table() + " " + chain.name() + " on " + link.name());
    }

    /** Who looks at an interface, as tcpdump does, is to see the datagrams there; links by their index. */
    private static Set<Integer> watched() {
        try {
            return Files.readAllLines(PACKET_SOCKETS).stream()
                    .skip(1)
                    .map(COLUMNS::split)
                    .filter(columns -> columns.length > INTERFACE_COLUMN)
                    .map(columns -> Integer.valueOf(columns[INTERFACE_COLUMN]))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            // A kernel without packet sockets.
            return Set.of();
        }
    }

    private static Optional<String> watcher(Link link, Set<Integer> watched) {
        return watched.contains(link.index())
                ? Optional.of("packet socket (tcpdump or the like) on " + link.name())
                : Optional.empty();
    }

    private List<String> onBridges() {
        Stream<String> chains = netfilter.map(socket -> new HookedChains(socket).ofBridges()).orElse(List.of()).stream()
                .filter(chain -> HOOKS_OF_BRIDGES.contains(chain.hook()) && !chain.doesNothing())
                .map(chain -> "nftables chain bridge " + chain.table() + " " + chain.name());
        return Stream.concat(chains, legacyTables()).toList();
    }

    /** ebtables-legacy's tables are there as soon as their modules are, and whether they have rules is not asked. */
    private Stream<String> legacyTables() {
        try {
            return Files.readAllLines(modules).stream()
                    .map(line -> line.split(" ", 2)[0])
                    .filter(LEGACY_EBTABLES::contains)
                    .map(module -> "ebtables (module " + module + ")");
        } catch (IOException e) {
            // A kernel without modules has these tables built in, or not at all.
            return Stream.empty();
        }
    }

    @Override
    public void close() {
        links.close();
        netfilter.ifPresent(RtnetlinkSocket::close);
    }
}
