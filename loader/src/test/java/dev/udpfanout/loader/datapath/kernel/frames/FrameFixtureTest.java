package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table: a packet in, and what comes of it. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrameFixtureTest {
    private TestRunNode node;

    @BeforeAll
    void setUp() {
        node = TestRunNode.open();
    }

    @AfterAll
    void tearDown() {
        node.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.udpfanout.loader.datapath.kernel.frames.FrameFixtures#rows")
    void shouldDoWhatTheRowSays(FrameRow row) {
        ListenerCounters before = node.datapath().counters(node.id(row.listener()));
        TestRun run = node.call(() -> {
            try (BpfTestBench bench = node.bench(node.program().rewrite())) {
                return bench.segments(row.segments(), row.segmentBytes()).run(row.frame());
            }
        });
        ListenerCounters after = node.datapath().counters(node.id(row.listener()));

        assertEquals(row.outcome().verdict, run.verdict(), "verdict");
        if (row.outcome() == FrameOutcome.FORWARDED) {
            assertEquals(Optional.empty(), node.oracle().fault(row.frame(), run.frame(), 1));
        } else if (row.outcome() == FrameOutcome.BY_STACK) {
            assertEquals(Optional.empty(), node.oracle().fault(row.frame(), run.frame(), 0));
        } else if (row.outcome() == FrameOutcome.ANSWERED) {
            assertEquals(Optional.empty(), TooBigAnswer.fault(row.frame(), run.frame(), TestRunNode.MTU));
        } else {
            assertArrayEquals(row.frame(), run.frame());
        }
        boolean isByStack = row.outcome() == FrameOutcome.BY_STACK;
        int forwarded = row.outcome() == FrameOutcome.FORWARDED || isByStack ? row.packets() : 0;
        int received = row.outcome() == FrameOutcome.NOT_OURS ? 0 : row.packets();
        assertEquals(
                forwarded, after.stats().packetsForwarded() - before.stats().packetsForwarded(), "forwarded");
        assertEquals(received, after.stats().packetsReceived() - before.stats().packetsReceived(), "received");
        assertEquals(
                received == 0 ? 0 : row.frame().length,
                after.stats().bytesReceived() - before.stats().bytesReceived(),
                "bytes");
        assertEquals(
                new ListenerPathMtu(
                        isByStack ? row.packets() : 0, 0, row.outcome() == FrameOutcome.ANSWERED ? 1 : 0, 0),
                difference(after.pathMtu().orElseThrow(), before.pathMtu().orElseThrow()));
        Arrays.stream(DropReason.values())
                .forEach(reason -> assertEquals(
                        row.reason().filter(reason::equals).isPresent() ? row.packets() : 0,
                        after.drops().get(reason.label()) - before.drops().get(reason.label()),
                        reason::label));
    }

    private static ListenerPathMtu difference(ListenerPathMtu after, ListenerPathMtu before) {
        return new ListenerPathMtu(
                after.packetsByStack() - before.packetsByStack(),
                after.repliesByStack() - before.repliesByStack(),
                after.answers() - before.answers(),
                after.answersWithheld() - before.answersWithheld());
    }
}
