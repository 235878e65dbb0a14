package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /** Whether these hooks, and no others, have these programs, attached as they are to be. */
    boolean have(Map<K, String> programs, AttachMethod method) {
        return occupied.keySet().equals(programs.keySet())
                && occupied.entrySet().stream()
                        .allMatch(each -> each.getValue().placed().is(programs.get(each.getKey()), method));
    }

    /** How the programs are on their hooks, for example {@code "tcx"}. */
    String methods() {
        return occupied.values().stream()
                .map(each -> each.placed().attachment().method())
                .distinct()
                .collect(Collectors.joining("+"));
    }

    /** Has a program on a hook, where that is not so yet. What is there instead goes when the program is in place. */
    void ensure(K key, HookPlace place, String name, AttachMethod method) {
        Occupied before = occupied.get(key);
        boolean wasRemoved = before != null && !before.placed().attachment().isAttached();
        if (wasRemoved) {
            occupied.remove(key).placed().attachment().close();
        } else if (before != null && before.placed().is(name, method)) {
            if (before.placed().attachment().restorePin()) {
                repairs.repaired(Repair.PIN_RESTORED, place.interfaceName());
            }
            return;
        }
        Attachment attachment = Attacher.attach(method, program.named(name), place, network);
        PlacedProgram now = new PlacedProgram(name, method, attachment);
        occupied.put(key, new Occupied(place, now));
        LOG.atInfo()
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

    /** Takes the program off a hook that has one. */
    void takeOff(K key) {
        Occupied gone = occupied.remove(key);
        gone.placed().attachment().close();
        logDetached(gone.place());
    }

    /** Forgets all of them after their interface has gone, and the programs with it. */
    void forget() {
        occupied.values().forEach(each -> each.placed().attachment().close());
        occupied.clear();
    }

    /** Goes on with what others have had: until something better is there, that stays. */
    void takeOver(Hooks<K> predecessor) {
        occupied.putAll(predecessor.occupied);
        predecessor.occupied.clear();
    }

    /** Lets go of all programs and leaves them working. */
    void release() {
        occupied.values().forEach(each -> each.placed().attachment().release());
        occupied.clear();
    }

    private static void logDetached(HookPlace place) {
        LOG.atInfo()
                .addKeyValue("interface", place.interfaceName())
                .log("detached TC eBPF {} from {}", place.role().words(), place.hook());
    }
}
