package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.admission.PacketLimit;
import dev.udpfanout.bindings.abi.counter.ListenerDrops;
import dev.udpfanout.bindings.abi.counter.ListenerReplies;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.endpoint.RoundRobinCursor;
import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which listener has which slot of the maps; remembered in the map LISTENER_NAMES, so that a listener keeps its
 * counters over a restart and over changes of the configuration.
 */
public final class Slots {
    private final KernelProgram program;
    private final EndpointCounters endpointCounters;
    private final int cpus = BpfMap.possibleCpus();
    private final Map<String, Integer> slots = new ConcurrentHashMap<>();

    public Slots(KernelProgram program, EndpointCounters endpointCounters) {
        this.program = program;
        this.endpointCounters = endpointCounters;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ListenerName.BYTES);
            for (int slot = 0; slot < Limits.MAX_LISTENERS; slot++) {
                program.listenerNames().get(key(arena, slot), value);
                String name = ListenerName.read(value).name();
                if (!name.isEmpty()) {
                    slots.put(name, slot);
                }
            }
        }
    }

    /** All listeners that have one; at first those that an earlier daemon had. */
    public Set<String> names() {
        return Set.copyOf(slots.keySet());
    }

    /** Any thread. */
    public Optional<Integer> of(String listener) {
        return Optional.ofNullable(slots.get(listener));
    }

    /** Gives every listener a slot that has none, with counters at zero. */
    public void assign(Set<String> listeners) {
        for (String listener : listeners) {
            if (!slots.containsKey(listener)) {
                int slot = freeSlot();
                clear(slot);
                name(slot, new ListenerName(listener));
                slots.put(listener, slot);
            }
        }
    }

    /** Takes the slots of all other listeners away; nothing may point to them any more. */
    public void retain(Set<String> listeners) {
        for (String listener : new HashSet<>(slots.keySet())) {
            if (!listeners.contains(listener)) {
                int slot = slots.remove(listener);
                name(slot, ListenerName.NONE);
                clear(slot);
            }
        }
    }

    private int freeSlot() {
        Set<Integer> taken = new HashSet<>(slots.values());
        for (int slot = 0; slot < Limits.MAX_LISTENERS; slot++) {
            if (!taken.contains(slot)) {
                return slot;
            }
        }
        throw new IllegalStateException("all " + Limits.MAX_LISTENERS + " listeners are taken");
    }

    private void name(int slot, ListenerName name) {
        try (Arena arena = Arena.ofConfined()) {
            program.listenerNames().put(key(arena, slot), name.write(arena));
        }
    }

    private void clear(int slot) {
        endpointCounters.drop(slot);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = key(arena, slot);
            for (BpfMap tables : List.of(program.endpoints(), program.hashTables())) {
                // Removing waits for an RCU grace period, even where there is nothing to remove.
                if (tables.get(key, arena.allocate(ValueLayout.JAVA_INT))) {
                    tables.remove(key);
                }
            }
            program.cursors().put(key, arena.allocate(RoundRobinCursor.BYTES * cpus, Long.BYTES));
            program.limitBuckets().put(key, arena.allocate(PacketLimit.BUCKET_BYTES, Long.BYTES));
            program.limitShares().put(key, arena.allocate(PacketLimit.SHARE_BYTES * cpus, Long.BYTES));
            program.stats().put(key, arena.allocate(ListenerStats.BYTES * cpus, Long.BYTES));
            program.replies().put(key, arena.allocate(ListenerReplies.BYTES * cpus, Long.BYTES));
            program.drops().put(key, arena.allocate(ListenerDrops.BYTES * cpus, Long.BYTES));
        }
    }

    private static MemorySegment key(Arena arena, int slot) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, slot);
    }
}
