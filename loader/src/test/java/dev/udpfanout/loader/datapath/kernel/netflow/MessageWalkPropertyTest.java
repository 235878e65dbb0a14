package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.netflow.NetflowStats;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.forwarder.netflow.Verdict;
import dev.udpfanout.loader.datapath.kernel.netflow.UserSpaceReader.Fate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * Messages of NetFlow v9 and IPFIX without number, good ones and bad ones, through the kernel's program and through
 * user space's reader: each is spread, copied or cut in the same way, to the byte, and the same ones are malformed. The
 * system property {@code udpfanout.netflow.messages} says how many messages, 3,000 if not given.
 */
@Tag("kernel")
class MessageWalkPropertyTest {
    /** So many through one program take less time than passes until the daemon tells all templates again. */
    private static final int MESSAGES_OF_A_NODE = 3000;

    private static final int MESSAGES = Integer.getInteger("udpfanout.netflow.messages", MESSAGES_OF_A_NODE);
    private static final int MESSAGES_OF_AN_EXPORTER = 40;
    private static final int FIRST_PORT = 1024;
    /** Fewer than so many that the daemon clears them: OptionsTemplates. */
    private static final int IDS = 32;

    private UserSpaceReader reader = new UserSpaceReader();
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final int[] wholeTo = new int[WalkNode.PODS];

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void shouldSpreadAsUserSpaceReads(@ForAll long seed) {
        Random random = new Random(seed);
        for (int done = 0; done < MESSAGES; done += MESSAGES_OF_A_NODE) {
            reader = new UserSpaceReader();
            try (WalkNode node = WalkNode.open()) {
                int messages = Math.min(MESSAGES_OF_A_NODE, MESSAGES - done);
                node.run(() -> sendAll(node, random, messages));
                assertEquals(0, node.dropped());
            }
        }
        assertEquals(Verdict.values().length, verdicts.size(), () -> "the generator is one-sided: " + verdicts);
        int whole = Arrays.stream(wholeTo).sum();
        assertTrue(
                Arrays.stream(wholeTo).allMatch(each -> each > whole / WalkNode.PODS / 2),
                () -> "not in turn: " + Arrays.toString(wholeTo));
    }

    private void sendAll(WalkNode node, Random random, int messages) {
        int[] ids = random.ints(IDS, 256, 1 << 16).toArray();
        ids[0] = 256;
        ids[1] = (1 << 16) - 1;
        try (BpfTestBench bench = node.bench()) {
            for (int sent = 0; sent < messages; sent += MESSAGES_OF_AN_EXPORTER) {
                InetSocketAddress exporter = new InetSocketAddress(
                        InetAddress.ofLiteral(
                                (random.nextBoolean() ? "203.0.113." : "2001:db8:5::") + (1 + random.nextInt(9))),
                        FIRST_PORT + sent / MESSAGES_OF_AN_EXPORTER);
                export(node, bench, exporter, random, ids);
            }
        }
    }

    private void export(WalkNode node, BpfTestBench bench, InetSocketAddress exporter, Random random, int[] ids) {
        RandomMessages generator = new RandomMessages(random, ids);
        List<String> sent = new ArrayList<>();
        for (byte[] message : messages(generator, random)) {
            sent.add(HexFormat.of().formatHex(message));
            Optional<String> fault = fault(node, bench, exporter, message, random.nextInt(8) > 0);
            if (fault.isPresent()) {
                throw new AssertionError(
                        fault.get() + "; all of " + exporter + ", this one last:\n" + String.join("\n", sent));
            }
        }
    }

    private static List<byte[]> messages(RandomMessages generator, Random random) {
        List<byte[]> messages = new ArrayList<>();
        if (random.nextInt(20) == 0) {
            byte[] whole = generator.whole();
            for (int bytes = 0; bytes <= whole.length; bytes++) {
                messages.add(Arrays.copyOf(whole, bytes));
                messages.add(RandomMessages.cutTo(whole, bytes));
            }
        }
        for (int i = 0; i < MESSAGES_OF_AN_EXPORTER; i++) {
            messages.add(generator.next());
        }
        return messages;
    }

    /** What the two disagree about; empty if about nothing. */
    private Optional<String> fault(
            WalkNode node, BpfTestBench bench, InetSocketAddress exporter, byte[] message, boolean withChecksum) {
        boolean isTooLong = false;
        if (isWellFormed(exporter, message)) {
            KernelLimits limits = KernelLimits.of(message);
            if (limits.isAmbiguous()) {
                return Optional.empty();
            }
            isTooLong = limits.hasTooManySteps();
        }
        Fate fate = isTooLong ? new Fate(Verdict.DATA_ONLY, Optional.empty()) : reader.read(exporter, message);
        verdicts.merge(fate.verdict(), 1, Integer::sum);
        boolean ipv4 = exporter.getAddress().getAddress().length == 4;
        NetflowStats before = node.stats(ipv4);
        int to;
        try {
            to = node.send(bench, exporter, message, withChecksum);
        } catch (AssertionError e) {
            return Optional.of(fate.verdict() + ", but " + e.getMessage());
        }
        wholeTo[to]++;
        NetflowStats after = node.stats(ipv4);
        if (after.malformed() - before.malformed() != (fate.verdict() == Verdict.MALFORMED ? 1 : 0)) {
            return Optional.of(fate.verdict() + " in user space, malformed or not in the kernel");
        }
        long shared = after.copied() + after.cut() - before.copied() - before.cut();
        if (shared > 0 != fate.toOthers().isPresent()) {
            return Optional.of(fate.verdict() + " in user space, in the kernel so many copies: " + shared);
        }
        return fate.toOthers().flatMap(copy -> faultOfCopies(node, exporter, to, copy));
    }

    private static boolean isWellFormed(InetSocketAddress exporter, byte[] message) {
        Verdict verdict = new UserSpaceReader().read(exporter, message).verdict();
        return verdict != Verdict.MALFORMED && verdict != Verdict.NOT_NETFLOW;
    }

    private static Optional<String> faultOfCopies(WalkNode node, InetSocketAddress exporter, int to, byte[] copy) {
        for (int pod = 0; pod < WalkNode.PODS; pod++) {
            Optional<byte[]> got = pod == to ? Optional.of(copy) : node.copy(pod, exporter);
            if (!got.map(bytes -> Arrays.equals(bytes, copy)).orElse(false)) {
                return Optional.of("pod " + pod + " got "
                        + got.map(HexFormat.of()::formatHex).orElse("no copy") + " in place of "
                        + HexFormat.of().formatHex(copy));
            }
        }
        return Optional.empty();
    }
}
