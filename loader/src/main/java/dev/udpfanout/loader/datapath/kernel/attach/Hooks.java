package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Hooks that have a program of ours: put there, put there again after somebody has removed it, changed without a gap,
 * and taken off.
 *
 * @param <K> what tells the hooks of a set apart
 */
final class Hooks<K> {
    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

    private final KernelProgram program;
    private final Network network;
    private final RepairLog repairs;
    private final Map<K, Occupied> occupied = new HashMap<>();
    private final Map<K, ChainOrder> orders = new HashMap<>();

    private record Occupied(HookPlace place, PlacedProgram placed) {}

    Hooks(KernelProgram program, Network network, RepairLog repairs) {
        this.program = program;
        this.network = network;
        this.repairs = repairs;
    }

    /** Those with a program. */
    Set<K> keys() {
        return Set.copyOf(occupied.keySet());
    }

    /** The interfaces of those with a program, by name. */
    Set<String> interfaceNames() {
        return occupied.values().stream()
                .map(each -> each.place().interfaceName())
                .collect(Collectors.toSet());
    }

    /** The interface of a hook with a program, by name; empty if there is no program. */
    Optional<String> interfaceName(K key) {
        return Optional.ofNullable(occupied.get(key)).map(each -> each.place().interfaceName());
    }

    /** How a program is on its hook; empty if it is not. */
    String method(K key) {
        return Optional.ofNullable(occupied.get(key))
                .map(each -> each.placed().attachment().method())
                .orElse("");
    }

    /** Whether these hooks, and no others, have these programs, attached as they are to be. */
    boolean have(Map<K, String> programs, AttachMethod method) {
        return occupied.keySet().equals(programs.keySet())
                && occupied.entrySet().stream()
                        .allMatch(each -> each.getValue().placed().is(programs.get(each.getKey()), method));
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    boolean areHeld() {
        return occupied.values().stream()
                .noneMatch(each -> each.placed().attachment().isSilentlyGone());
    }

    /** How the programs are on their hooks, for example {@code "tcx"}. */
    String methods() {
        return occupied.values().stream()
                .map(each -> each.placed().attachment().method())
                .distinct()
                .collect(Collectors.joining("+"));
    }

    /** Has a program on a hook, where that is not so yet. What is there instead goes when the program is in place. */
    void ensure(K key, HookPlace place, String name, AttachMethod method, Optional<ChainWish> wish) {
        Occupied before = occupied.get(key);
        boolean wasRemoved = before != null && !before.placed().attachment().isAttached();
        if (wasRemoved) {
            occupied.remove(key).placed().attachment().close();
        } else if (before != null && before.placed().is(name, method)) {
            if (before.placed().attachment().restorePin()) {
                repairs.repaired(Repair.PIN_RESTORED, place.interfaceName());
            }
            wish.ifPresent(wanted -> keepOrder(key, before, wanted));
            return;
        }
        Attachment attachment = Attacher.attach(method, program.named(name), place, network);
        PlacedProgram now = new PlacedProgram(name, method, attachment);
        occupied.put(key, new Occupied(place, now));
        LOG.atLevel(level(place))
                .addKeyValue("interface", place.interfaceName())
                .addKeyValue("method", attachment.method())
                .addKeyValue("adopted", attachment.isAdopted())
                .log("attached TC eBPF {} to {}", place.role().describe(name), place.hook());
        if (wasRemoved) {
            repairs.repaired(Repair.PROGRAM_REATTACHED, place.interfaceName());
        } else if (before != null && before.placed().giveWayTo(now)) {
            logDetached(place);
        }
    }

    /**
     * Has the program first on its hook, if that is wished, and nobody else insists; otherwise notes who is before it.
     */
    private void keepOrder(K key, Occupied now, ChainWish wish) {
        ChainOrder order = order(key);
        Attachment attachment = now.placed().attachment();
        List<HookProgram> others = attachment.before(program.ids());
        if (others.isEmpty()) {
            order.isFirst();
        } else if (wish.first() && order.mayMove() && attachment.canMove(program.ids())) {
            String name = now.placed().program();
            Attachment first = attachment.moveFirst(program.other(name, attachment.programId()));
            occupied.put(
                    key,
                    new Occupied(
                            now.place(), new PlacedProgram(name, now.placed().asked(), first)));
            order.moved();
            LOG.atWarn()
                    .addKeyValue("interface", now.place().interfaceName())
                    .addKeyValue("others", others)
                    .log(
                            "other programs ran before ours at {}; ours is first again",
                            now.place().hook());
            repairs.repaired(Repair.PROGRAM_MOVED_FIRST, now.place().interfaceName());
        } else {
            boolean isNew = order.leave(others);
            order.tryOut(wish.sample(), now.place().ifindex(), isNew);
            if (isNew) {
                logLeft(now.place(), order, wish);
            }
        }
    }

    private ChainOrder order(K key) {
        return orders.computeIfAbsent(key, none -> new ChainOrder(System::nanoTime));
    }

    /** Takes note of how many datagrams the programs have been given so far. */
    void observe(long received) {
        occupied.keySet().forEach(key -> order(key).observe(received));
    }

    private static void logLeft(HookPlace place, ChainOrder order, ChainWish wish) {
        LOG.atWarn()
                .addKeyValue("interface", place.interfaceName())
                .addKeyValue("others", order.left())
                .addKeyValue("ending", order.ending())
                .log(
                        "other programs run before ours at {}, and {}; those that end the chain keep datagrams from us",
                        place.hook(),
                        !wish.first()
                                ? "order: keep leaves them there"
                                : order.mayMove() ? "ours cannot go before them" : "they insist, so we give in");
    }

    /** Who runs before our programs, in words; empty if nobody does. */
    String behind() {
        return names(ChainOrder::left);
    }

    /** Who keeps datagrams from our programs, in words; empty if nobody does. */
    String shadowedBy() {
        return names(ChainOrder::ending);
    }

    private String names(Function<ChainOrder, List<HookProgram>> which) {
        return orders.entrySet().stream()
                .filter(each -> occupied.containsKey(each.getKey()))
                .flatMap(each -> which.apply(each.getValue()).stream())
                .map(HookProgram::toString)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Takes the program off a hook that has one. */
    void takeOff(K key) {
        Occupied gone = occupied.remove(key);
        orders.remove(key);
        gone.placed().attachment().close();
        logDetached(gone.place());
    }

    /** Forgets all of them after their interface has gone, and the programs with it. */
    void forget() {
        occupied.values().forEach(each -> each.placed().attachment().close());
        occupied.clear();
        orders.clear();
    }

    /** Goes on with what others have had: until something better is there, that stays. */
    void takeOver(Hooks<K> predecessor) {
        occupied.putAll(predecessor.occupied);
        orders.putAll(predecessor.orders);
        predecessor.occupied.clear();
    }

    /** Lets go of all programs and leaves them working. */
    void release() {
        occupied.values().forEach(each -> each.placed().attachment().release());
        occupied.clear();
    }

    private static Level level(HookPlace place) {
        return place.oneOfMany() ? Level.DEBUG : Level.INFO;
    }

    private static void logDetached(HookPlace place) {
        LOG.atLevel(level(place))
                .addKeyValue("interface", place.interfaceName())
                .log("detached TC eBPF {} from {}", place.role().words(), place.hook());
    }
}
