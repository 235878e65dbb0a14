package dev.udpfanout.loader.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.Command;
import dev.udpfanout.loader.chaos.NodeLab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A sample is what the kernel says of a daemon under load. */
@Tag("kernel")
class SamplerTest {
    private static final int SOME = 2_000;

    private static long fullCollections(NodeLab lab) {
        return lab.daemon()
                .admin()
                .metricBy("gc", "jvm_gc_collection_seconds_count")
                .get("MarkSweepCompact");
    }

    private static long pinnedBytes(Sampler sampler) throws IOException {
        long bytes = 0;
        for (Path pin : sampler.pinned()) {
            Matcher memlock = Pattern.compile("memlock (\\d+)B")
                    .matcher(Command.run(List.of("bpftool", "map", "show", "pinned", pin.toString())));
            assertTrue(memlock.find(), pin::toString);
            bytes += Long.parseLong(memlock.group(1));
        }
        return bytes;
    }

    @Test
    void shouldSeeMemoryDescriptorsMapsAndLossOfADaemonUnderLoad() throws IOException {
        try (NodeLab lab = new NodeLab()) {
            Sampler sampler = new Sampler(lab);
            lab.traffic().awaitSent(SOME);
            Sample first = sampler.take();
            assertTrue(first.sent() >= SOME, first::toString);
            assertTrue(first.residentKib() > first.anonymousKib() && first.anonymousKib() > 1_000, first::toString);
            assertTrue(first.heapUsedBytes() > 1 << 20 && first.threads() > 3, first::toString);
            assertTrue(first.descriptors() > 20 && first.cpuMillis() > 0, first::toString);
            assertTrue(first.maps() > 20 && first.mapBytes() > 1 << 20, first::toString);
            assertTrue(first.mapEntries() > 0, first::toString);
            // The daemon holds each map by two descriptors.
            long pinnedBytes = pinnedBytes(sampler);
            assertTrue(
                    first.mapBytes() >= pinnedBytes && first.mapBytes() < pinnedBytes * 3 / 2,
                    () -> pinnedBytes + " bytes are pinned: " + first);

            long collections = fullCollections(lab);
            sampler.collect();
            assertEquals(collections + 1, fullCollections(lab));

            lab.node("ip link set eth0 down");
            lab.traffic().awaitSent(SOME);
            lab.node("ip link set eth0 up");
            lab.traffic().awaitSent(SOME);
            sampler.take();
            lab.traffic().awaitSent(SOME);
            Sample last = sampler.take();
            assertTrue(last.lost() >= SOME, last::toString);
            assertTrue(last.cpuMillis() >= first.cpuMillis() && last.sent() > first.sent(), last::toString);
            assertEquals(0, last.duplicates(), last::toString);
        }
    }
}
