package dev.udpfanout.loader.datapath.way;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The ways to endpoints, as the kernel itself says: by its rules, routes, next hops, and the path MTUs that it has
 * learnt. Each answer costs about 15 µs, so that only those are asked for again whose answer may be another: all after
 * rtnetlink has told of a link, route, rule or next hop, those first whose answer is oldest. The kernel tells nobody of
 * a path MTU that it has learnt or forgotten, so that a part of all is asked for at each comparison. Belongs to the
 * control loop's thread.
 */
public final class Ways {
    /** For those that nothing is known of yet. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(500);
    /** For looking again at those that are known. */
    private static final Duration FURTHER_LOOK = Duration.ofMillis(50);
    /** After so many comparisons all have been asked for again, though nothing was told: two minutes. */
    private static final int COMPARISONS_FOR_ALL = 24;
    /** So many are asked for again at each comparison, if there are no more: they cost about 1 ms. */
    private static final int LEAST_ASKED = 64;

    private final Network network;
    private final RouteMonitor told;
    private final Function<InetAddress, Optional<ChosenRoute>> chosen;
    private final Duration firstLook;
    private final Duration furtherLook;
    /** The one that was asked for longest ago comes first. No value: the kernel has no way. */
    private final Map<InetAddress, Optional<Way>> known = new LinkedHashMap<>();
    /** So many of the known, from the first on, were asked for before the last change that was told. */
    private int outdated;

    public Ways(Network network) {
        this(network, address -> network.routes().chosen(address), FIRST_LOOK, FURTHER_LOOK);
    }

    /**
     * @param chosen answers each question
     * @param firstLook the most time for those that nothing is known of yet
     * @param furtherLook the most time for looking again
     */
    Ways(
            Network network,
            Function<InetAddress, Optional<ChosenRoute>> chosen,
            Duration firstLook,
            Duration furtherLook) {
        this.firstLook = firstLook;
        this.furtherLook = furtherLook;
        this.network = network;
        this.told = network.watchRouting();
        this.chosen = chosen;
    }

    /** Asks for the ways to addresses that it has not asked for yet. */
    public void know(Collection<InetAddress> addresses) {
        Set<InetAddress> fresh = new HashSet<>(addresses);
        fresh.removeAll(known.keySet());
        ask(fresh, firstLook);
    }

    /** Asks again for the ways to these addresses that may be others by now, and forgets all other addresses. */
    public void refresh(Set<InetAddress> addresses) {
        // Before the first question: what is told from here on may not be in the answers.
        boolean isOther = told.drain();
        known.keySet().retainAll(addresses);
        outdated = isOther ? known.size() : Math.min(outdated, known.size());
        know(addresses);
        int atLeast = Math.max(LEAST_ASKED, known.size() / COMPARISONS_FOR_ALL);
        List<InetAddress> again =
                known.keySet().stream().limit(Math.max(outdated, atLeast)).toList();
        outdated = Math.max(0, outdated - ask(again, furtherLook));
    }

    /** Returns how many it has asked for. */
    private int ask(Collection<InetAddress> addresses, Duration limit) {
        if (addresses.isEmpty()) {
            return 0;
        }
        int asked = 0;
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        Map<Integer, Link> links = network.links().all().stream()
                .collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        for (InetAddress address : addresses) {
            Optional<Way> way = chosen.apply(address)
                    .filter(route -> route.linkIndex().isPresent())
                    .flatMap(route -> Optional.ofNullable(
                                    links.get(route.linkIndex().getAsInt()))
                            .flatMap(link -> Way.of(address, route, link)));
            known.remove(address);
            known.put(address, way);
            asked++;
            if (System.nanoTime() - deadlineNanos > 0) {
                return asked;
            }
        }
        return asked;
    }

    /** The way to an address, if there is one and it is known. */
    public Optional<Way> of(InetAddress address) {
        return known.getOrDefault(address, Optional.empty());
    }

    /** The interfaces, by their indexes, of all ways that lead away from this node. */
    public Set<Integer> interfaces() {
        return known.values().stream()
                .flatMap(Optional::stream)
                .filter(way -> !way.isLocal())
                .map(Way::ifindex)
                .collect(Collectors.toSet());
    }

    /** The smallest MTU on the ways to these addresses, in bytes; empty if none of them has a bound. */
    public OptionalInt smallestMtu(Collection<InetAddress> addresses) {
        return addresses.stream()
                .flatMap(address -> of(address).stream())
                .flatMapToInt(way -> way.mtuBytes().stream())
                .min();
    }

    /** How many of these addresses are reached in each way, the narrowest first; those without a way are left out. */
    public List<WayState> states(Collection<InetAddress> addresses) {
        Map<WayState, Integer> counts = new HashMap<>();
        addresses.stream()
                .flatMap(address -> of(address).stream())
                .forEach(way -> counts.merge(new WayState(way.interfaceName(), way.mtuBytes(), 0), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(each -> new WayState(
                        each.getKey().interfaceName(), each.getKey().mtuBytes(), each.getValue()))
                .sorted(WayState.NARROWEST_FIRST)
                .toList();
    }
}
