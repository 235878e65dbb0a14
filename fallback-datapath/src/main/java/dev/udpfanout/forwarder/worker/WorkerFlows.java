package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.flow.FlowTable;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One worker's flows, on its event loop: which there are, when they begin and end. A flow whose endpoint has left the
 * table goes on bringing back what the endpoint still says, until its client comes again: then the policy chooses anew.
 */
public abstract class WorkerFlows<T extends Target, F extends TargetFlow<T>> {
    private static final SecureRandom SEEDS = new SecureRandom();
    private static final Duration MAX_SWEEP_INTERVAL = Duration.ofSeconds(1);

    private final IoEventLoop loop;
    private final Duration idle;
    private final FlowTable<F> table;
    private final FlowStats stats;
    private final FlowChoice<T> choice;
    private Set<T> endpoints = Set.of();

    /** @param limits this worker's share */
    protected WorkerFlows(IoEventLoop loop, ReplyLimits limits, FlowStats stats, FlowChoice<T> choice) {
        this.loop = loop;
        this.idle = limits.idle();
        this.table = new FlowTable<>(limits.maxFlows(), idle, SEEDS.nextLong());
        this.stats = stats;
        this.choice = choice;
    }

    protected abstract F open(FlowKey client, T target) throws IOException;

    /** Begins to end idle flows in time, also while no datagram comes. */
    public final void startSweeping() {
        long intervalNs = Math.min(idle.dividedBy(2).toNanos(), MAX_SWEEP_INTERVAL.toNanos());
        loop.scheduleWithFixedDelay(() -> sweep(System.nanoTime()), intervalNs, intervalNs, TimeUnit.NANOSECONDS);
    }

    /** The endpoints that flows may stay with from now on. */
    public final void use(Collection<T> targets) {
        Set<T> next = Collections.newSetFromMap(new IdentityHashMap<>());
        next.addAll(targets);
        endpoints = next;
    }

    /**
     * The flow that a client's datagram belongs to; it begins with it if there is none.
     *
     * @throws IOException if the kernel gives it no socket, or knows no way to the endpoint
     */
    protected final F flowOf(FlowKey client, long nowNs) throws IOException {
        F flow = table.find(client);
        if (flow == null) {
            return begin(client, nowNs);
        }
        if (table.isIdle(flow, nowNs) || !endpoints.contains(flow.target())) {
            end(flow);
            stats.onExpired();
            return begin(client, nowNs);
        }
        table.use(flow, nowNs);
        return flow;
    }

    private F begin(FlowKey client, long nowNs) throws IOException {
        if (table.isFull()) {
            makeRoom(nowNs);
        }
        F flow = open(client, choice.choose(client));
        table.add(flow, nowNs);
        stats.onCreated();
        return flow;
    }

    private void makeRoom(long nowNs) {
        F oldest = table.leastRecentlyUsed();
        boolean isIdle = table.isIdle(oldest, nowNs);
        end(oldest);
        if (isIdle) {
            stats.onExpired();
        } else {
            stats.onEvicted();
        }
    }

    /** A reply has come. */
    protected final void onReply(F flow, long nowNs) {
        table.use(flow, nowNs);
    }

    /** Ends all flows that are idle. */
    final void sweep(long nowNs) {
        F oldest = table.leastRecentlyUsed();
        while (oldest != null && table.isIdle(oldest, nowNs)) {
            end(oldest);
            stats.onExpired();
            oldest = table.leastRecentlyUsed();
        }
    }

    private void end(F flow) {
        table.remove(flow);
        flow.close();
    }

    final FlowStats stats() {
        return stats;
    }

    /** Closes all flows' sockets, without counting them as ended. */
    public void closeAll() {
        for (F flow = table.leastRecentlyUsed(); flow != null; flow = table.leastRecentlyUsed()) {
            end(flow);
        }
    }
}
