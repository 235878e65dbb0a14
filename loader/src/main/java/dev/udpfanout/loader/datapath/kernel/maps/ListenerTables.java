package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.endpoint.HashedEndpoints;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.WeightedRound;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint tables of listeners, of the kind that each one's policy goes by: turns or buckets. Where the policy
 * changes from one kind to the other, the table of the one is there until that of the other is in use.
 */
public final class ListenerTables implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerTables.class);

    private final EndpointTables turns;
    private final EndpointTables buckets;
    private final StickyEndpoints sticky;

    public ListenerTables(KernelProgram program, EndpointCounters counters, Optional<Pins> pins) {
        this.turns = tables(program, SharedMaps.ENDPOINTS, TableLayout.TURNS, counters, pins);
        this.buckets = tables(program, SharedMaps.HASH_TABLES, TableLayout.BUCKETS, counters, pins);
        this.sticky = new StickyEndpoints(program.map(SharedMaps.FLOW_ENDPOINTS));
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

    /** Whether what two configurations of a set need of the tables is different. */
    public static boolean differ(ReceiverSet one, ReceiverSet other) {
        return isHashed(one) != isHashed(other) || one.replies() != other.replies();
    }

    private static boolean isHashed(ReceiverSet set) {
        return set.policy() == Policy.HASH;
    }

    /** Puts a table of the policy's kind in place; as {@link EndpointTables#replace}. */
    public CompletionStage<Void> replace(
            ReceiverSet set, int slot, EndpointSet endpoints, Map<InetAddress, Integer> peers) {
        List<Endpoint> all = endpoints.endpoints();
        warnOfTooMany(set, all.size());
        if (isHashed(set)) {
            return buckets.replace(
                    slot,
                    all.stream().map(Endpoint::address).toList(),
                    peers,
                    table -> stickTo(set, slot, table, HashedEndpoints.FIRST_PLACE));
        }
        return turns.replace(
                slot, WeightedRound.of(all), peers, table -> stickTo(set, slot, table, EndpointTable.FIRST_PLACE));
    }

    private static void warnOfTooMany(ReceiverSet set, int endpoints) {
        if (set.policy() == Policy.REPLICATE && endpoints > Limits.MAX_COPIES) {
            LOG.atWarn()
                    .addKeyValue("listener_id", set.listenerId())
                    .addKeyValue("endpoints", endpoints)
                    .addKeyValue("copies", Limits.MAX_COPIES)
                    .log("too many receivers for copies of each datagram; the last ones get none");
        }
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
     * What LISTENERS must say: the kind that the policy goes by, once there is a table of it; else that of which there
     * is one, which an earlier configuration or daemon has left.
     */
    public Optional<ListenerFlag> flag(ReceiverSet set, int slot) {
        boolean byBuckets = isHashed(set) ? buckets.has(slot) : buckets.has(slot) && !turns.has(slot);
        if (!byBuckets) {
            return Optional.empty();
        }
        return Optional.of(
                set.spreading().hashOn() == HashOn.SOURCE ? ListenerFlag.HASH_SOURCE : ListenerFlag.HASH_SOURCE_PORT);
    }

    /** After LISTENERS has changed: takes the table away that no flag leads to. */
    public void removeUnused(ReceiverSet set, int slot) {
        if (flag(set, slot).isPresent()) {
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
