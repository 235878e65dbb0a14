package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.loader.datapath.Failures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A map of maps, ENDPOINTS or HASH_TABLES: one endpoint table a listener.
 *
 * <p>Putting a table in place takes microseconds, but the system call returns only when no program can still be reading
 * the old one: an RCU grace period, some 10 ms. So the call is made on a thread of its own, and {@link #replace}
 * returns when the new table is seen in the map; the next change need not wait. Of changes that are made
 * {@link #together} none waits for another: on a busy node, each change of threads takes longer than the grace period.
 */
final class EndpointTables implements AutoCloseable {
    /** What {@code bpftool map show} calls a table. */
    private static final String TABLE_NAME = "uf_endpoints";

    /** Changes whose grace period runs at one time; the kernel lets them share one. */
    private static final int MAX_WAITING = 16;

    /** What a table has in place of a veth's ifindex. */
    private static final int BY_NEXT_HOP = 0;

    /** No table of the kernel has this number. */
    private static final int NO_TABLE = 0;

    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 20_000;

    private final ArrayOfMaps tables;
    private final TableLayout layout;
    private final EndpointCounters counters;
    private final TablePins pins;
    private final ExecutorService waiting;
    /** By slot, those that this process has put in place. */
    private final Map<Integer, Placed> placed = new HashMap<>();

    /** By slot, those of which the kernel has been asked, and that have not been seen in the map yet. */
    private final Map<Integer, Asked> asked = new LinkedHashMap<>();

    private boolean isTogether;
    private int generation;

    /** A table that is in place, with the checksum of what it holds: nobody else writes it. */
    private record Placed(InnerMap table, int id, long checksum) {
        Placed(InnerMap table, long checksum) {
            this(table, table.id(), checksum);
        }
    }

    /** A table that is to be in place soon, and what becomes of it. */
    private record Asked(Placed next, CompletableFuture<Void> replaced) {}

    EndpointTables(ArrayOfMaps tables, TableLayout layout, EndpointCounters counters, TablePins pins) {
        this(tables, layout, counters, pins, threads());
    }

    /** @param waiting on whose threads the kernel is asked; ended with this */
    EndpointTables(
            ArrayOfMaps tables,
            TableLayout layout,
            EndpointCounters counters,
            TablePins pins,
            ExecutorService waiting) {
        this.tables = tables;
        this.layout = layout;
        this.counters = counters;
        this.pins = pins;
        this.waiting = waiting;
    }

    private static ExecutorService threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MAX_WAITING,
                MAX_WAITING,
                IDLE_THREAD.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("endpoint-table-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Whether a listener has a table, of whatever daemon. */
    boolean has(int slot) {
        return tables.has(slot);
    }

    /**
     * The endpoints of a listener's table, each once; empty if there is no table, or no name by which it could be
     * opened.
     */
    Optional<List<InetSocketAddress>> read(int slot) {
        int id = tables.idAt(slot).orElse(NO_TABLE);
        if (id == NO_TABLE) {
            return Optional.empty();
        }
        try (TablePins.Table table = pins.open(slot)) {
            return table.is(id) ? Optional.of(table.endpoints(layout.firstPlace())) : Optional.empty();
        }
    }

    /**
     * Replaces a listener's table in one step; the new one is in use when this returns, or {@link #together} does.
     *
     * @param endpoints as the layout takes them
     * @param peers by which veth an endpoint is reached directly; the others by the next hop
     * @return done when nothing can be sent by the old table any more (maybe_wait_bpf_programs, kernel/bpf/syscall.c)
     */
    CompletionStage<Void> replace(int slot, List<InetSocketAddress> endpoints, Map<InetAddress, Integer> peers) {
        return replace(slot, endpoints, peers, table -> {});
    }

    /** As above; "before" is given the elements of the new table before it is put in place. */
    CompletionStage<Void> replace(
            int slot,
            List<InetSocketAddress> endpoints,
            Map<InetAddress, Integer> peers,
            Consumer<MemorySegment> before) {
        // The kernel may be asked in another order, so of one slot it is asked for one table at a time.
        settle(slot);
        counters.use(slot, endpoints);
        Placed next = filledTable(slot, endpoints, peers, before);
        InnerMap table = next.table();
        pins.add(slot, table);
        CompletableFuture<Void> replaced = CompletableFuture.runAsync(() -> put(slot, table), waiting);
        asked.put(slot, new Asked(next, replaced));
        if (!isTogether) {
            settle(slot);
        }
        return replaced;
    }

    /**
     * Makes several changes: the tables are in use when this returns.
     *
     * @throws RuntimeException what the changes threw, or the kernel's first refusal; the others are made
     */
    void together(Runnable changes) {
        Failures failures = new Failures();
        isTogether = true;
        failures.collect(changes);
        isTogether = false;
        List.copyOf(asked.keySet()).forEach(slot -> failures.collect(() -> settle(slot)));
        failures.throwIfAny();
    }

    /**
     * Waits until the table is in place of which the kernel has been asked, if it has been.
     *
     * @throws RuntimeException if the kernel has refused it; the table before it is in place
     */
    void settle(int slot) {
        Asked one = asked.remove(slot);
        if (one == null) {
            return;
        }
        while (!one.replaced().isDone()
                && tables.idAt(slot).orElse(NO_TABLE) != one.next().id()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        if (one.replaced().isCompletedExceptionally()) {
            one.next().table().close();
            throw (RuntimeException) one.replaced().exceptionNow();
        }
        Optional.ofNullable(placed.put(slot, one.next()))
                .ifPresent(last -> last.table().close());
    }

    /**
     * Whether the table that this process has put in place for a listener is there, and holds what it was given; also
     * if it has put none in place.
     */
    boolean isIntact(int slot) {
        Placed mine = placed.get(slot);
        return mine == null
                || (tables.idAt(slot).orElse(NO_TABLE) == mine.id()
                        && mine.table().checksum(EndpointTable.ELEMENT_BYTES) == mine.checksum());
    }

    /** Whether the tables that this process has put in place are there, whatever they hold. */
    boolean areInPlace() {
        return placed.entrySet().stream()
                .allMatch(each -> tables.idAt(each.getKey()).orElse(NO_TABLE)
                        == each.getValue().id());
    }

    /** Gives the tables their names again that have lost them; returns how many. */
    int mendPins() {
        int mended = 0;
        for (Map.Entry<Integer, Placed> each : placed.entrySet()) {
            if (pins.isMissing(each.getKey())) {
                pins.add(each.getKey(), each.getValue().table());
                mended++;
            }
        }
        return mended;
    }

    private Placed filledTable(
            int slot,
            List<InetSocketAddress> endpoints,
            Map<InetAddress, Integer> peers,
            Consumer<MemorySegment> before) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = layout.write(
                    arena,
                    endpoints,
                    endpoint -> counters.of(slot, endpoint),
                    endpoint -> peers.getOrDefault(endpoint.getAddress(), BY_NEXT_HOP),
                    ++generation);
            int elements = Math.toIntExact(values.byteSize() / EndpointTable.ELEMENT_BYTES);
            InnerMap table = InnerMap.array(TABLE_NAME, EndpointTable.ELEMENT_BYTES, elements);
            try {
                table.fill(values, elements);
                before.accept(values);
                return new Placed(table, InnerMap.checksum(values));
            } catch (RuntimeException e) {
                table.close();
                throw e;
            }
        }
    }

    /** Takes a listener's table away, if it has one; nothing is sent by it any more when this returns. */
    void remove(int slot) {
        settle(slot);
        if (tables.has(slot)) {
            tables.remove(slot);
            pins.remove(slot);
            Optional.ofNullable(placed.remove(slot))
                    .ifPresent(last -> last.table().close());
        }
    }

    private void put(int slot, InnerMap table) {
        tables.put(slot, table);
    }

    /** Waits for the grace periods that run. */
    @Override
    public void close() {
        waiting.shutdown();
        try {
            waiting.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        placed.values().forEach(each -> each.table().close());
        placed.clear();
    }
}
