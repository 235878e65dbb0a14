package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.SpreadPlan;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.PodWayState;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.maps.Peers;
import dev.udpfanout.loader.datapath.kernel.netflow.NetflowListeners;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which endpoints each set of receivers has in the kernel, and which of them are reached past their veth. */
final class EndpointsInForce {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointsInForce.class);

    private final ListenerTables tables;
    private final Peers peers;
    private final NetflowListeners collectors;
    private final Map<String, EndpointSet> sets = new HashMap<>();
    private final Map<String, Map<InetAddress, Integer>> peersOfSets = new HashMap<>();
    private final Map<String, List<PodWayState>> podWays = new HashMap<>();
    /** Of sets that have been put since the last changes that were made together began. */
    private final Map<String, CompletionStage<Void>> asked = new HashMap<>();

    /** For which receivers a set was put last, unless what all depend on has changed since. */
    private final Map<String, ReceiverSet> settled = new HashMap<>();

    private Map<InetAddress, LocalPeer> knownPeers = Map.of();
    /** What the maps of them were set to last; before the first time they may hold an earlier daemon's. */
    private Optional<Map<InetAddress, LocalPeer>> placedPeers = Optional.empty();

    EndpointsInForce(ListenerTables tables, Peers peers, NetflowListeners collectors) {
        this.tables = tables;
        this.peers = peers;
        this.collectors = collectors;
    }

    /** By the set's name, those that this daemon has applied; unmodifiable, and changes. */
    Map<String, EndpointSet> sets() {
        return Collections.unmodifiableMap(sets);
    }

    /** All of them as they are now, for who changes them meanwhile. */
    List<EndpointSet> copy() {
        return List.copyOf(sets.values());
    }

    /** Forgets all other sets. */
    void retain(Set<String> names) {
        sets.keySet().retainAll(names);
        peersOfSets.keySet().retainAll(names);
        podWays.keySet().retainAll(names);
    }

    /**
     * Makes several changes by {@link #put}: what they put is in place when this returns, and of some sets not before.
     *
     * @throws RuntimeException what the changes threw, or the kernel's refusal; such a set counts as never put
     */
    void together(Runnable changes) {
        Failures failures = new Failures();
        asked.clear();
        failures.collect(() -> tables.together(changes));
        asked.forEach((set, stage) -> {
            if (stage.toCompletableFuture().isCompletedExceptionally()) {
                sets.remove(set);
                peersOfSets.remove(set);
                settled.remove(set);
            }
        });
        failures.throwIfAny();
    }

    /**
     * Puts a table of another kind in place, where a changed configuration goes by another. If that fails, the set has
     * no endpoints until they are put in place again.
     */
    void changeKind(ReceiverSet before, ReceiverSet now, int slot) {
        EndpointSet endpoints = sets.get(now.name());
        if (before != null && before != now && endpoints != null && ListenerTables.differ(before, now, endpoints)) {
            sets.remove(now.name());
            tables.replace(now, slot, endpoints, peersOfSets.getOrDefault(now.name(), Map.of()));
            sets.put(now.name(), endpoints);
        }
    }

    /**
     * Puts a set's endpoints in place.
     *
     * @param before done first, if there is anything to put in place
     * @return done when nothing is sent by the table before; empty if these are in force already
     */
    Optional<CompletionStage<Void>> put(ReceiverSet set, int slot, EndpointSet endpoints, Runnable before) {
        if (settled.get(set.name()) == set && sets.get(set.name()) == endpoints) {
            return Optional.empty();
        }
        settled.remove(set.name());
        Map<InetAddress, Integer> direct = peers.of(endpoints, peer -> isWanted(set.localDelivery(), peer));
        podWays.put(set.name(), podWays(set, endpoints, direct));
        boolean isSame = endpoints.equals(sets.get(set.name()));
        boolean isSameWay = direct.equals(peersOfSets.getOrDefault(set.name(), Map.of()));
        if (isSame && isSameWay) {
            sets.put(set.name(), endpoints);
            settled.put(set.name(), set);
            return Optional.empty();
        }
        before.run();
        SpreadPlan plan = SpreadPlan.of(set.spreading(), endpoints.endpoints());
        CompletionStage<Void> oldIsUnused =
                collectors.joining(set.name(), () -> tables.read(slot).orElse(List.of()), plan, () -> {
                    CompletionStage<Void> replaced = tables.replace(set, slot, endpoints, direct);
                    if (set.replies() || plan instanceof SpreadPlan.Netflow) {
                        // What flows stay with, and who has been told of templates, holds from this moment on.
                        tables.settle(slot);
                    }
                    return replaced;
                });
        asked.put(set.name(), oldIsUnused);
        sets.put(set.name(), endpoints);
        peersOfSets.put(set.name(), direct);
        settled.put(set.name(), set);
        if (!isSame) {
            report(set, "endpoints", endpoints.endpoints().size(), "updated tc_ebpf downstream set");
        }
        if (!isSameWay) {
            report(set, "pods", direct.size(), "delivers straight into pods of this node");
        }
        return Optional.of(oldIsUnused);
    }

    /**
     * Puts the tables in place again that are gone or changed.
     *
     * @param slots the slot of each set
     * @return the names of the sets whose tables these are
     */
    List<String> mend(Collection<ReceiverSet> receivers, ToIntFunction<ReceiverSet> slots) {
        List<String> mended = new ArrayList<>();
        boolean areFlowsIntact = tables.areFlowsIntact();
        for (ReceiverSet set : receivers) {
            EndpointSet endpoints = sets.get(set.name());
            int slot = slots.applyAsInt(set);
            boolean isIntact = tables.areIntact(slot) && (areFlowsIntact || !set.replies());
            if (endpoints != null && !isIntact) {
                tables.replace(set, slot, endpoints, peersOfSets.getOrDefault(set.name(), Map.of()));
                mended.add(set.name());
            }
        }
        return mended;
    }

    private static void report(ReceiverSet set, String what, int count, String message) {
        LOG.atInfo()
                .addKeyValue("listener_id", set.idInLog())
                .addKeyValue(what, count)
                .log(message);
    }

    /** From now on these are known; takes effect where endpoints are put. */
    void know(Map<InetAddress, LocalPeer> known, Collection<ReceiverSet> receivers) {
        knownPeers = Map.copyOf(known);
        placedPeers = Optional.empty();
        placePeers(receivers);
    }

    /**
     * The maps hold those that a listener is to go by, and no other: what has come to stand in the way is passed by no
     * more, whatever the tables say, also those of an earlier daemon.
     */
    void placePeers(Collection<ReceiverSet> receivers) {
        Set<LocalDelivery> deliveries =
                receivers.stream().map(ReceiverSet::localDelivery).collect(Collectors.toSet());
        Map<InetAddress, LocalPeer> wanted = new HashMap<>(knownPeers);
        wanted.values().removeIf(peer -> deliveries.stream().noneMatch(delivery -> isWanted(delivery, peer)));
        if (!placedPeers.equals(Optional.of(wanted))) {
            settled.clear();
            peers.set(wanted);
            placedPeers = Optional.of(wanted);
        }
    }

    /** The ways to a set's endpoints in pods of this node. */
    List<PodWayState> podWays(String set) {
        return podWays.getOrDefault(set, List.of());
    }

    private List<PodWayState> podWays(ReceiverSet set, EndpointSet endpoints, Map<InetAddress, Integer> direct) {
        if (set.localDelivery() == LocalDelivery.NEIGH || knownPeers.isEmpty()) {
            return List.of();
        }
        return endpoints.endpoints().stream()
                .map(endpoint -> endpoint.address().getAddress())
                .distinct()
                .filter(knownPeers::containsKey)
                .map(pod -> direct.containsKey(pod)
                        ? new PodWayState(pod, true, "")
                        : new PodWayState(pod, false, reason(set, knownPeers.get(pod))))
                .sorted(PodWayState.BY_NEXT_HOP_FIRST)
                .toList();
    }

    /** Why a pod whose veth is known is not reached straight. */
    private static String reason(ReceiverSet set, LocalPeer peer) {
        return isWanted(set.localDelivery(), peer)
                ? "there is no room for its veth (" + Limits.MAX_PEERS + " at most), or it has just gone"
                : peer.bypassed() + " stands before it";
    }

    private static boolean isWanted(LocalDelivery delivery, LocalPeer peer) {
        return switch (delivery) {
            case PEER -> true;
            case AUTO -> peer.bypassesNothing();
            case NEIGH -> false;
        };
    }
}
