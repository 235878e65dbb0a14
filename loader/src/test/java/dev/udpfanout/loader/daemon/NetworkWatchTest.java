package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.supervision.ThreadSupervision;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class NetworkWatchTest {
    @Test
    void shouldOpenAnotherMonitorWhenOneFailsAndAskForAComparison() {
        AtomicInteger opened = new AtomicInteger();
        AtomicReference<RouteMonitor> latest = new AtomicReference<>();
        AtomicInteger changes = new AtomicInteger();
        long before = ThreadSupervision.status().restarts().getOrDefault("network-watch", 0L);
        try (NetworkWatch watch = NetworkWatch.start(
                () -> {
                    opened.incrementAndGet();
                    latest.set(RouteMonitor.open());
                    return latest.get();
                },
                changes::incrementAndGet)) {
            latest.get().close();

            Eventually.equal(2, opened::get);
            Eventually.isTrue(() -> changes.get() > 0, changes::get);
            Eventually.isTrue(
                    () -> ThreadSupervision.status().restarts().get("network-watch") > before,
                    ThreadSupervision::status);
            assertTrue(ThreadSupervision.status().dead().isEmpty());
        }
    }
}
