package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.netflow.TemplateMemory.Limits;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel's datapath knows of exporters is what user space knows, and the other way round. */
@Tag("unit")
class KnownExportersTest {
    private static final Limits LIMITS = new Limits(1000, 4 << 20, TimeUnit.MINUTES.toNanos(30));
    private static final FlowLayout FLOW = new FlowLayout(256, 0);
    private static final FlowLayout OTHER = new FlowLayout(257, 5);
    private static final int SAMPLING = 300;
    private static final InetSocketAddress EXPORTER = new InetSocketAddress("192.0.2.1", 2055);

    @TempDir
    private Path directory;

    private TemplateKeeping keeping() {
        return new TemplateKeeping(LIMITS, Optional.of(directory.resolve("flows")));
    }

    private static RememberedMessage message(InetSocketAddress exporter, byte[] bytes) {
        return RememberedMessage.of(System.currentTimeMillis(), exporter, bytes);
    }

    @Test
    void shouldMergeAMessageThatHasAChangedTemplateWithTheOneBeforeIt() {
        try (KnownExporters known = KnownExporters.open(new TemplateKeeping(LIMITS))) {
            known.learn(message(
                    EXPORTER,
                    FlowMessage.v9(1, 7)
                            .templates(FLOW, OTHER)
                            .samplingTemplate(SAMPLING)
                            .sampling(SAMPLING, 100, 1, 2)
                            .bytes()));
            assertTrue(known.learn(message(
                    EXPORTER,
                    FlowMessage.v9(2, 7).templates(new FlowLayout(256, 3)).bytes())));
            assertEquals(3, known.templates());
            assertEquals(Set.of(256, 257, SAMPLING), toldIds(known));
            assertEquals(1, known.optionsTemplates().size());
            assertEquals(SAMPLING, known.optionsTemplates().getFirst().id());
        }
    }

    @Test
    void shouldSayWhetherAMessageIsNew() {
        try (KnownExporters known = KnownExporters.open(new TemplateKeeping(LIMITS))) {
            byte[] templates = FlowMessage.ipfix(1, 7).templates(FLOW).bytes();
            assertTrue(known.learn(message(EXPORTER, templates)));
            assertFalse(known.learn(message(EXPORTER, templates)), "a refresh");
            assertFalse(known.learn(message(EXPORTER, new byte[] {0, 9, 0, 1})), "no message");
        }
    }

    @Test
    void shouldGoOnWithWhatUserSpaceKnewAndUserSpaceWithWhatThisKnew() throws IOException {
        TemplateKeeping keeping = keeping();
        Judge userspace = new Judge(LIMITS, TemplateJournal.open(keeping.file().orElseThrow(), LIMITS));
        userspace.judge(FlowMessage.v9(1, 7).templates(FLOW).bytes());
        try (KnownExporters known = KnownExporters.open(keeping)) {
            assertEquals(1, known.templates());
            known.learn(message(
                    new InetSocketAddress("0.0.0.0", 2055),
                    FlowMessage.v9(2, 7).templates(OTHER).bytes()));
        }
        TemplateJournal journal = TemplateJournal.open(keeping.file().orElseThrow(), LIMITS);
        Judge again = new Judge(LIMITS, journal);
        again.judge(FlowMessage.v9(3, 7).records(FLOW, 1).bytes());
        assertEquals(2, again.memory.size());
    }

    @Test
    void shouldKnowWhatTheKernelHasKeptForUserSpace() throws IOException {
        Path file = keeping().file().orElseThrow();
        TemplateJournal.add(
                file,
                List.of(message(EXPORTER, FlowMessage.v9(1, 7).templates(FLOW).bytes())));
        assertEquals(1, TemplateJournal.open(file, LIMITS).restored().size());
    }

    @Test
    void shouldLeaveOthersTheirTemplatesWhateverOneAddressSends() {
        try (KnownExporters known =
                KnownExporters.open(new TemplateKeeping(new Limits(100, 4 << 20, Long.MAX_VALUE)))) {
            for (int i = 0; i < 20; i++) {
                known.learn(message(
                        new InetSocketAddress("192.0.2.9", 1000 + i),
                        FlowMessage.v9(1, i).templates(FLOW).bytes()));
            }
            for (int i = 0; i < 1000; i++) {
                known.learn(message(
                        new InetSocketAddress("192.0.2.66", 1024 + i),
                        FlowMessage.v9(1, i).templates(FLOW).bytes()));
            }
            assertEquals(100, known.templates());
            assertEquals(
                    20,
                    known.states().stream()
                            .filter(each ->
                                    each.address().getAddress().getHostAddress().equals("192.0.2.9"))
                            .count());
            assertEquals(920, known.evictions());
        }
    }

    @Test
    void shouldTellAgainAtAnIntervalOneExporterAfterTheOther() {
        TemplateMemory memory = new TemplateMemory(LIMITS);
        memory.replay(message(EXPORTER, FlowMessage.v9(1, 7).templates(FLOW).bytes()));
        memory.replay(message(EXPORTER, FlowMessage.v9(1, 8).templates(OTHER).bytes()));
        RetellingRound round = new RetellingRound(
                memory, Optional.of(new TemplateKeeping(LIMITS, Optional.empty(), Duration.ofSeconds(60))));
        long now = System.nanoTime();
        assertEquals(0, round.next(now, 1232).size(), "not yet");
        long later = now + Duration.ofSeconds(61).toNanos();
        assertEquals(1, round.next(later, 1232).size());
        assertEquals(1, round.next(later, 1232).size());
        assertEquals(0, round.next(later, 1232).size(), "both were told");
        assertEquals(
                1, round.next(later + Duration.ofSeconds(61).toNanos(), 1232).size());
        assertEquals(
                0,
                new RetellingRound(memory, Optional.empty()).next(later, 1232).size(),
                "never");
    }

    @Test
    void shouldKeepATableOfInterfacesThatHasOneScope() {
        Template template = new Template(300, true, NetflowMessage.V9, OPTIONS_OF_SYSTEM, 0);
        byte[] data = new byte[2 * 50 * 12];
        for (int record = 0; record < 100; record++) {
            data[record * 12 + 7] = (byte) record;
        }
        template.learn(MemorySegment.ofArray(data), 0, data.length);
        assertEquals(100, template.data().size());
        template.learn(MemorySegment.ofArray(data), 0, data.length);
        assertEquals(100, template.data().size());
    }

    /** Scope: system, 4 bytes; INPUT_SNMP, 4 bytes; IF_NAME, 4 bytes. */
    private static final byte[] OPTIONS_OF_SYSTEM = {1, 44, 0, 4, 0, 8, 0, 1, 0, 4, 0, 10, 0, 4, 0, 82, 0, 4};

    private static Set<Integer> toldIds(KnownExporters known) {
        Set<Integer> ids = new HashSet<>();
        TemplateMemory told = new TemplateMemory(LIMITS);
        known.keys(0).forEach(key -> known.of(key, 1232).forEach(told::replay));
        told.exporters().forEach(exporter -> exporter.templates().forEach(each -> ids.add(each.id())));
        return ids;
    }
}
