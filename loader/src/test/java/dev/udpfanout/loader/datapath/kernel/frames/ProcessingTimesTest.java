package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.UdpFrame;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Of one datagram in 1,024 of a CPU the program measures how long it took; buckets and sum are of the same datagrams.
 */
@Tag("kernel")
class ProcessingTimesTest {
    private static final int SAMPLE_EVERY = 1024;
    private static final int SAMPLES = 3;
    private static final byte[] FRAME = UdpFrame.between(
                    new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711),
                    new InetSocketAddress(TestRunNode.ADDRESS, TestRunNode.PORT))
            .link(new MacAddress(2), new MacAddress(0))
            .build();

    @Test
    void shouldCountAsManyAsAreMeasuredAndSumWhatIsInTheirBuckets() {
        try (TestRunNode node = TestRunNode.open()) {
            node.run(() -> {
                try (BpfTestBench bench = node.bench(node.program().rewrite())) {
                    for (int i = 0; i < SAMPLES * SAMPLE_EVERY; i++) {
                        bench.run(FRAME);
                    }
                }
            });
            ProcessingTimes times = node.datapath().processingTimes();
            List<Long> bounds = times.upperBoundsNanos();
            assertEquals(bounds.size() + 1, times.counts().size());
            long count = times.counts().stream().mapToLong(Long::longValue).sum();
            // Each CPU measures its own first one, and may not have come to its next.
            int cpus = Runtime.getRuntime().availableProcessors();
            assertTrue(count >= SAMPLES && count < SAMPLES + cpus, times::toString);
            long least = 0;
            for (int bucket = 1; bucket < times.counts().size(); bucket++) {
                least += times.counts().get(bucket) * bounds.get(bucket - 1);
            }
            assertTrue(times.sumNanos() >= Math.max(1, least), times::toString);
            if (times.counts().getLast() == 0) {
                long most = 0;
                for (int bucket = 0; bucket < bounds.size(); bucket++) {
                    most += times.counts().get(bucket) * bounds.get(bucket);
                }
                assertTrue(times.sumNanos() < most, times::toString);
            }
        }
    }
}
