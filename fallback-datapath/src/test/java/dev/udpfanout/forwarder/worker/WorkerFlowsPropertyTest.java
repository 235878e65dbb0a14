package dev.udpfanout.forwarder.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.counter.FlowCounters;
import dev.udpfanout.forwarder.flow.FlowKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Stickiness, order of eviction, idleness, bound and removal of endpoints, against a model: a list of flows in the
 * order of their last use, searched from end to end.
 */
@Tag("unit")
class WorkerFlowsPropertyTest {
    private static final int ENDPOINTS = 4;
    private static final int CLIENTS = 12;
    private static final int IDLE_NS = 100;

    enum Kind {
        REQUEST,
        REPLY,
        SWEEP,
        ENDPOINTS
    }

    /**
     * @param what a client's number, or, for endpoints, a set of bits
     * @param afterNs since the last action
     */
    record Action(Kind kind, int what, int afterNs) {}

    @Provide
    Arbitrary<Action> actions() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(12, Kind.REQUEST),
                net.jqwik.api.Tuple.of(4, Kind.REPLY),
                net.jqwik.api.Tuple.of(1, Kind.SWEEP),
                net.jqwik.api.Tuple.of(1, Kind.ENDPOINTS));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, CLIENTS - 1),
                        Arbitraries.integers().between(0, 40))
                .as(Action::new);
    }

    @Property
    void flowsLiveAndEndAsInTheModel(
            @ForAll @Size(max = 200) List<@net.jqwik.api.From("actions") Action> actions,
            @ForAll @IntRange(min = 1, max = 8) int maxFlows)
            throws IOException {
        Run run = new Run(maxFlows);
        for (Action action : actions) {
            run.take(action);
        }
        run.flows.closeAll();
        assertTrue(run.flows.opened.stream().allMatch(flow -> flow.closed == 1), "each socket closed once");
    }

    private static final class Endpoint extends Target {
        Endpoint(int number) {
            super(new InetSocketAddress("127.0.0.1", 1000 + number), new TargetCounters());
        }

        @Override
        protected void close() {}
    }

    private static final class TestFlow extends TargetFlow<Endpoint> {
        private int closed;

        TestFlow(FlowKey key, Endpoint target) {
            super(key, target);
        }

        @Override
        protected void close() {
            closed++;
        }
    }

    private static final class TestFlows extends WorkerFlows<Endpoint, TestFlow> {
        private final List<TestFlow> opened = new ArrayList<>();

        TestFlows(ReplyLimits limits, FlowStats stats, FlowChoice<Endpoint> choice) {
            super(null, limits, stats, choice);
        }

        @Override
        protected TestFlow open(FlowKey client, Endpoint target) {
            opened.add(new TestFlow(client, target));
            return opened.getLast();
        }
    }

    /** The model's flow. */
    private static final class Known {
        private final TestFlow flow;
        private final Endpoint endpoint;
        private long usedAtNs;

        Known(TestFlow flow, Endpoint endpoint, long usedAtNs) {
            this.flow = flow;
            this.endpoint = endpoint;
            this.usedAtNs = usedAtNs;
        }
    }

    private static final class Run {
        private final int maxFlows;
        private final List<Endpoint> all =
                IntStream.range(0, ENDPOINTS).mapToObj(Endpoint::new).toList();
        private final FlowStats stats = new FlowStats();
        private final TestFlows flows;
        /** By client, the one whose last use is longest ago first. */
        private final Map<Integer, Known> model = new LinkedHashMap<>();

        private List<Endpoint> endpoints = all;
        private int turn;
        /** Near the end of the range: times may wrap. */
        private long nowNs = Long.MAX_VALUE - 500;

        private long created;
        private long evicted;
        private long expired;

        Run(int maxFlows) {
            this.maxFlows = maxFlows;
            this.flows = new TestFlows(
                    new ReplyLimits(maxFlows, Duration.ofNanos(IDLE_NS)),
                    stats,
                    client -> endpoints.get(turn++ % endpoints.size()));
            flows.use(endpoints);
        }

        void take(Action action) throws IOException {
            nowNs += action.afterNs();
            switch (action.kind()) {
                case REQUEST -> request(action.what());
                case REPLY -> reply(action.what());
                case SWEEP -> sweep();
                case ENDPOINTS -> change(action.what());
            }
            assertEquals(new FlowCounters(model.size(), created, evicted, expired, 0, 0, 0, 0), stats.snapshot());
            model.values().forEach(known -> assertEquals(0, known.flow.closed, "a live flow's socket"));
            assertTrue(model.size() <= maxFlows);
            assertEquals(
                    created - model.size(),
                    flows.opened.stream().filter(flow -> flow.closed == 1).count());
        }

        private void request(int client) throws IOException {
            Known known = model.remove(client);
            int turnBefore = turn;
            TestFlow flow = flows.flowOf(key(client), nowNs);
            boolean lives = known != null && !isIdle(known) && endpoints.contains(known.endpoint);
            if (lives) {
                assertSame(known.flow, flow, "the same flow");
                known.usedAtNs = nowNs;
                model.put(client, known);
                return;
            }
            if (known != null) {
                expired++;
                assertFalse(known.flow == flow);
            }
            if (model.size() == maxFlows) {
                int oldest = model.keySet().iterator().next();
                if (isIdle(model.remove(oldest))) {
                    expired++;
                } else {
                    evicted++;
                }
            }
            created++;
            Endpoint chosen = endpoints.get(turnBefore % endpoints.size());
            assertSame(chosen, flow.target(), "as the policy chooses");
            model.put(client, new Known(flow, chosen, nowNs));
        }

        private void reply(int client) {
            Known known = model.remove(client);
            if (known != null) {
                flows.onReply(known.flow, nowNs);
                known.usedAtNs = nowNs;
                model.put(client, known);
            }
        }

        private void sweep() {
            flows.sweep(nowNs);
            int before = model.size();
            model.values().removeIf(this::isIdle);
            expired += before - model.size();
        }

        private void change(int bits) {
            List<Endpoint> next = IntStream.range(0, ENDPOINTS)
                    .filter(number -> (bits >> number & 1) == 1)
                    .mapToObj(all::get)
                    .toList();
            endpoints = next.isEmpty() ? all : next;
            flows.use(Set.copyOf(endpoints));
        }

        private boolean isIdle(Known known) {
            return nowNs - known.usedAtNs >= IDLE_NS;
        }

        /** Keys that differ in one part each. */
        private static FlowKey key(int client) {
            FlowKey key = new FlowKey();
            switch (client % 4) {
                case 0 -> key.setIpv4Client(0x0a000001 + client / 4, 53);
                case 1 -> key.setIpv4Client(0x0a000001, 1000 + client / 4);
                case 2 -> key.setIpv6Client(0xfd00L << 48, client / 4, 0, 53);
                default -> key.setIpv6Client(0xfe80L << 48, 1, client / 4, 53);
            }
            if (client >= CLIENTS / 2) {
                key.setIpv4Local(0x0a0000ff);
            }
            return key;
        }
    }
}
