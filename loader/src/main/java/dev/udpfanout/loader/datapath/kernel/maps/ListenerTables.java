package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.SpreadPlan;
import dev.udpfanout.loader.datapath.SpreadLog;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;

/**
 * The endpoint tables of listeners, of the kind that each one's policy goes by: turns or buckets. Where the policy
 * changes from one kind to the other, the table of the one is there until that of the other is in use.
 */
public final class ListenerTables implements AutoCloseable {
    private final EndpointTables turns;
    private final EndpointTables buckets;
    private final StickyEndpoints sticky;

    public ListenerTables(KernelProgram program, EndpointCounters counters, Optional<Pins> pins) {
        this.turns = tables(program, SharedMaps.ENDPOINTS, TableLayout.TURNS, counters, pins);
        this.buckets = tables(program, SharedMaps.HASH_TABLES, TableLayout.BUCKETS, counters, pins);
        this.sticky = new StickyEndpoints(program.map(SharedMaps.FLOW_ENDPOINTS), program.map(SharedMaps.FLOW_CHANGES));
    }

    private static EndpointTables tables(
            KernelProgram program,
            MapDeclaration<ArrayOfMaps> map,
            TableLayout layout,
            EndpointCounters counters,
            Optional<Pins> pins) {
        return new EndpointTables(program.map(map), layout, counters, new TablePins(pins, map.name()));
    }

    /** Whether a listener has a table, of whatever kind and daemon. */
    public boolean has(int slot) {
        return turns.has(slot) || buckets.has(slot);
    }

    /**
     * The endpoints of a listener's table, of whatever kind and daemon; empty if there is none, or none that could be
     * opened.
     */
    public Optional<List<InetSocketAddress>> read(int slot) {
        return turns.read(slot).or(() -> buckets.read(slot));
    }

    /** Whether the table of a set's endpoints is another one for another configuration of the set. */
    public static boolean differ(ReceiverSet one, ReceiverSet other, EndpointSet endpoints) {
        return !spread(one, endpoints).equals(spread(other, endpoints)) || one.replies() != other.replies();
    }

    private static KernelSpread spread(ReceiverSet set, EndpointSet endpoints) {
        return KernelSpread.of(SpreadPlan.of(set.spreading(), endpoints.endpoints()));
    }

    /** How a set is spread, whoever the endpoints are. */
    private static KernelSpread spread(ReceiverSet set) {
        return KernelSpread.of(SpreadPlan.of(set.spreading(), List.of()));
    }

    /** Puts a table of the policy's kind in place; as {@link EndpointTables#replace}. */
    public CompletionStage<Void> replace(
            ReceiverSet set, int slot, EndpointSet endpoints, Map<InetAddress, Integer> peers) {
        SpreadPlan plan = SpreadPlan.of(set.spreading(), endpoints.endpoints());
        SpreadLog.warnOfLeftOut(set, endpoints.endpoints().size(), plan);
        KernelSpread spread = KernelSpread.of(plan);
        return tables(spread.layout())
                .replace(
                        slot,
                        spread.endpoints(),
                        peers,
                        table -> stickTo(set, slot, table, spread.layout().firstPlace()));
    }

    /**
     * Makes several changes by {@link #replace} for little more than the price of one: all are in place when this
     * returns, and of some not before.
     *
     * @throws RuntimeException what the changes threw, or the kernel's refusal; the others are made
     */
    public void together(Runnable changes) {
        turns.together(() -> buckets.together(changes));
    }

    /** Waits, within {@link #together}, until what was put in place for a listener is there. */
    public void settle(int slot) {
        turns.settle(slot);
        buckets.settle(slot);
    }

    /**
     * Whether what flows stay with is as it was left; if not, the tables of listeners with replies are to be replaced.
     */
    public boolean areFlowsIntact() {
        return sticky.isIntact();
    }

    /**
     * Whether the tables that this process has put in place for a listener are there, and hold what they were given.
     */
    public boolean areIntact(int slot) {
        return turns.isIntact(slot) && buckets.isIntact(slot);
    }

    /** Whether the tables that this process has put in place are there, whatever they hold. */
    public boolean areInPlace() {
        return turns.areInPlace() && buckets.areInPlace();
    }

    /** Gives the tables their names in bpffs again that have lost them; returns how many. */
    public int mendPins() {
        return turns.mendPins() + buckets.mendPins();
    }

    private EndpointTables tables(TableLayout layout) {
        return switch (layout) {
            case TURNS -> turns;
            case BUCKETS -> buckets;
        };
    }

    private void stickTo(ReceiverSet set, int slot, MemorySegment table, int firstPlace) {
        if (set.replies()) {
            sticky.set(slot, table, firstPlace);
        }
    }

    /** Forgets what flows of all listeners but these stay with. */
    public void retainSticky(IntPredicate slots) {
        sticky.retain(slots);
    }

    /**
     * What LISTENERS must say of how a set is spread: by the map that the policy goes by, once there is a table in it;
     * else by that in which there is one, which an earlier configuration or daemon has left.
     */
    public Set<ListenerFlag> flags(ReceiverSet set, int slot) {
        Set<ListenerFlag> flags = EnumSet.noneOf(ListenerFlag.class);
        flags.addAll(spread(set).flags());
        if (goesByBuckets(set, slot)) {
            flags.add(KernelSpread.bucketsFlag(set.spreading().hashOn()));
        }
        return flags;
    }

    private boolean goesByBuckets(ReceiverSet set, int slot) {
        return buckets.has(slot) && (spread(set).layout() == TableLayout.BUCKETS || !turns.has(slot));
    }

    /** After LISTENERS has changed: takes the table away that no flag leads to. */
    public void removeUnused(ReceiverSet set, int slot) {
        if (goesByBuckets(set, slot)) {
            turns.remove(slot);
        } else {
            buckets.remove(slot);
        }
    }

    @Override
    public void close() {
        turns.close();
        buckets.close();
    }
}
