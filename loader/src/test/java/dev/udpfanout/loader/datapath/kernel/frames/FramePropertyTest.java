package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.loader.datapath.kernel.frames.FrameOracle.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Frames without number against an oracle: what is not a listener's is untouched to the byte; what is, differs in the
 * fields that it should and in no other, and its checksums are as right as they were. The system property
 * {@code udpfanout.frames} says how many frames, 1,000,000 if not given (about 20 s; 10,000,000 take about 2 minutes).
 *
 * <p>A frame that fails is made as small as it goes. Put the line that the failure prints into
 * {@code frames/found.hex}, and it is tried ever after.
 */
@Tag("kernel")
class FramePropertyTest {
    private static final int TRIES = 200;
    private static final int FRAMES = Integer.getInteger("udpfanout.frames", 1_000_000);
    /** So many have some of every fate. */
    private static final int ENOUGH = 2000;

    private static final Path FOUND = Path.of("src/test/resources/frames/found.hex");

    /**
     * As large packets come in to the first three as fit their ways, larger ones to the fourth, and to the fifth its
     * own. Plain datagrams go the short way to the first and the fourth.
     */
    private static List<TestRunNode> nodes;

    @BeforeContainer
    static void setUp() {
        nodes = List.of(
                TestRunNode.open(),
                TestRunNode.openTheLongWay(),
                TestRunNode.openWithRuleForSources(),
                TestRunNode.openWithWideIngress(),
                TestRunNode.openOnLoopback("policy: round_robin"));
    }

    @AfterContainer
    static void tearDown() {
        nodes.forEach(TestRunNode::close);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void shouldDoWhatTheOracleSays(@ForAll long seed) {
        TestRunNode node = nodes.get((int) Math.floorMod(seed, (long) nodes.size()));
        node.run(() -> {
            FrameGenerator frames = new FrameGenerator(seed, node.destinations(), node.sources());
            Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
            try (BpfTestBench rewrite = node.bench(node.program().rewrite());
                    BpfTestBench turn = node.bench(node.program().turn())) {
                Predicate<byte[]> fails =
                        frame -> fault(node, rewrite, turn, frame).isPresent();
                for (int i = 0; i < FRAMES / TRIES; i++) {
                    byte[] frame = frames.next();
                    Optional<String> fault = fault(node, rewrite, turn, frame);
                    if (fault.isPresent()) {
                        byte[] small = shrunk(frame, fails);
                        throw new AssertionError("seed " + seed + ", frame " + i + ": " + fault.get() + "; smallest: "
                                + fault(node, rewrite, turn, small).orElse("it is gone now") + "\n"
                                + HexFormat.of().formatHex(small));
                    }
                    fates.merge(node.oracle().fate(frame), 1, Integer::sum);
                }
            }
            if (FRAMES / TRIES >= ENOUGH) {
                // An address of a network comes by chance alone.
                fates.remove(Fate.WITHHELD);
                assertEquals(Fate.values().length - 1, fates.size(), () -> "the generator is one-sided: " + fates);
            }
        });
    }

    @Example
    void shouldDoWhatTheOracleSaysWithEachFrameThatOnceFailed() throws IOException {
        List<String> found = Files.readAllLines(FOUND);
        nodes.forEach(node -> node.run(() -> {
            try (BpfTestBench rewrite = node.bench(node.program().rewrite());
                    BpfTestBench turn = node.bench(node.program().turn())) {
                for (String line : found) {
                    if (!line.startsWith("#")) {
                        byte[] frame = HexFormat.of().parseHex(line);
                        assertTrue(fault(node, rewrite, turn, frame).isEmpty(), line);
                    }
                }
            }
        }));
    }

    /** What the program does wrong with a frame; empty if nothing. */
    private static Optional<String> fault(TestRunNode node, BpfTestBench rewrite, BpfTestBench turn, byte[] frame) {
        FrameOracle oracle = node.oracle();
        Fate fate = oracle.fate(frame);
        if (fate == Fate.ANSWERED || fate == Fate.WITHHELD) {
            node.renewIcmpCredit();
        }
        TestRun run = rewrite.run(frame);
        boolean untouched = Arrays.equals(frame, run.frame());
        TestRun turned = turn.run(frame);
        if (!Arrays.equals(frame, turned.frame())) {
            return Optional.of("turn edits");
        }
        boolean isOurs = fate != Fate.NOT_OURS;
        if (fate != Fate.LATER_FRAGMENT && (turned.verdict() == TestRunNode.REDIRECT) != isOurs) {
            return Optional.of("turn says " + turned.verdict() + " to " + fate);
        }
        int wanted =
                switch (fate) {
                    case NOT_OURS, TO_STACK -> TestRunNode.UNSPEC;
                    case BY_STACK -> oracle.byLoopback() ? TestRunNode.REDIRECT : TestRunNode.UNSPEC;
                    case FORWARDED, ANSWERED -> TestRunNode.REDIRECT;
                    case DROPPED, WITHHELD -> TestRunNode.SHOT;
                    case LATER_FRAGMENT -> run.verdict();
                };
        if (run.verdict() != wanted) {
            return Optional.of(fate + " but verdict " + run.verdict());
        }
        if (fate == Fate.BY_STACK) {
            return oracle.faultByStack(frame, run.frame());
        }
        if (fate == Fate.ANSWERED) {
            return TooBigAnswer.fault(frame, run.frame(), oracle.toldMtu());
        }
        if (fate == Fate.LATER_FRAGMENT && run.verdict() == TestRunNode.UNSPEC && !untouched) {
            // It follows a first fragment with the same identification, and is to be cut.
            return FrameFields.read(frame).orElseThrow().staysWhole()
                    ? Optional.of("a fragment that may not be cut, by the stack")
                    : oracle.faultByStack(frame, run.frame());
        }
        if (fate == Fate.WITHHELD) {
            // It is freed: what it looks like does not matter.
            return Optional.empty();
        }
        if (run.verdict() != TestRunNode.REDIRECT) {
            return untouched ? Optional.empty() : Optional.of(fate + " but edited");
        }
        if (fate == Fate.LATER_FRAGMENT && oracle.byLoopback()) {
            // Either way it is redirected.
            return oracle.faultByStack(frame, run.frame());
        }
        Optional<String> fault = oracle.fault(frame, run.frame(), 1);
        if (fault.isEmpty() && fate == Fate.FORWARDED && oracle.isRight(frame) && !isCutShort(frame)) {
            // Where it was right before, not only the difference: a fresh computation.
            return FrameChecksums.areRight(run.frame()) ? Optional.empty() : Optional.of("a fresh checksum differs");
        }
        return fault;
    }

    /** A first fragment has the checksum of more than there is. */
    private static boolean isCutShort(byte[] frame) {
        return !FrameChecksums.areRight(frame);
    }

    /** Cuts and zeroes bytes as long as the frame still fails. */
    private static byte[] shrunk(byte[] frame, Predicate<byte[]> fails) {
        byte[] small = frame;
        for (int cut = small.length / 2; cut > 0; cut /= 2) {
            while (small.length - cut >= 54 && fails.test(Arrays.copyOf(small, small.length - cut))) {
                small = Arrays.copyOf(small, small.length - cut);
            }
        }
        for (int i = 14; i < small.length; i++) {
            byte[] zeroed = small.clone();
            zeroed[i] = 0;
            if (fails.test(zeroed)) {
                small = zeroed;
            }
        }
        return small;
    }
}
