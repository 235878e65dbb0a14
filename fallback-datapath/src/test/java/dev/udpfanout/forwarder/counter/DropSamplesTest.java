package dev.udpfanout.forwarder.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DropSamplesTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final InetSocketAddress ENDPOINT = new InetSocketAddress("127.0.0.1", 514);

    private final DropSamples samples = new DropSamples();
    private final DropDescription drop = new DropDescription("syslog", Optional.empty());

    private void add(int number) {
        samples.add(drop.begin(DropReason.SEND_FAILED, ENDPOINT, 2, number).source(0, 0, 1));
    }

    private List<Integer> numbers(DropSamples.Page page) {
        return page.samples().stream().map(DropSample::bytes).toList();
    }

    @Test
    void shouldReadEachOnceWhenReadOnFromWhatWasReadBefore() {
        samples.watch(LONG);
        add(1);
        add(2);
        DropSamples.Page first = samples.read(0);
        add(3);
        DropSamples.Page second = samples.read(first.next());
        assertEquals(List.of(1, 2), numbers(first));
        assertEquals(List.of(3), numbers(second));
        assertEquals(6, second.seen());
        assertEquals(List.of(), numbers(samples.read(second.next())));
        assertEquals(List.of(), numbers(samples.read(1_000_000)));
        assertEquals(List.of(), numbers(samples.read(-1)));
    }

    @Test
    void shouldKeepNothingBeforeTheFirstWatchAndAfterTheLast() {
        add(1);
        assertFalse(samples.isWatched());
        samples.watch(Duration.ofNanos(-1));
        add(2);
        assertFalse(samples.isWatched());
        assertEquals(new DropSamples.Page(List.of(), 0, 0), samples.read(0));
    }

    @Test
    void shouldKeepABoundedNumberWhenThereIsAFlood() {
        samples.watch(LONG);
        long beganNs = System.nanoTime();
        int flood = 100_000;
        for (int i = 0; i < flood; i++) {
            add(i);
        }
        long seconds = Math.ceilDiv(System.nanoTime() - beganNs, 1_000_000_000L) + 1;
        DropSamples.Page page = samples.read(0);
        assertTrue(page.next() >= DropSamples.MAX_A_SECOND, page::toString);
        assertTrue(page.next() <= seconds * DropSamples.MAX_A_SECOND, page::toString);
        assertEquals(2L * flood, page.seen());
    }

    @Test
    void shouldReadNoTornSampleWhenThreadsAddMeanwhile() throws Exception {
        samples.watch(LONG);
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            int mine = writer;
            writers.add(Thread.ofPlatform().start(() -> {
                DropDescription own = new DropDescription("listener" + mine, Optional.empty());
                for (int i = 0; i < 300; i++) {
                    samples.add(own.begin(DropReason.values()[mine], ENDPOINT, mine + 1, mine)
                            .source(0, mine, mine));
                }
            }));
        }
        HashSet<DropReason> reasons = new HashSet<>();
        long from = 0;
        int read = 0;
        boolean isOver = false;
        while (true) {
            DropSamples.Page page = samples.read(from);
            for (DropSample sample : page.samples()) {
                int writer = sample.bytes();
                reasons.add(sample.reason());
                assertEquals("listener" + writer, sample.listener());
                assertEquals(DropReason.values()[writer], sample.reason());
                assertEquals(writer + 1, sample.datagrams());
                assertEquals(writer, sample.source().orElseThrow().getPort());
            }
            read += page.samples().size();
            from = page.next();
            if (isOver) {
                break;
            }
            isOver = writers.stream().noneMatch(Thread::isAlive);
        }
        assertTrue(read > 0 && read <= 900, "read " + read);
        assertEquals(3, reasons.size());
    }

    @Test
    void shouldAllocateNothingWhenADropIsAdded() {
        samples.watch(LONG);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 100; i++) {
            add(i);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 800; i++) {
            add(i);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 800, () -> bytes + " bytes for 800 drops");
    }
}
